"""The sentences that turn their words around."""

import collections
import pathlib
import sys
import unittest
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tools/model"))
import contrasts  # noqa: E402
from naive_bayes import NaiveBayes  # noqa: E402

COUNT = 8000


class ContrastsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.rows = contrasts.make(COUNT, seed=20, leave_out=contrasts.phenomena())

    def test_the_same_with_the_same_seed(self):
        self.assertEqual(self.rows, contrasts.make(COUNT, seed=20, leave_out=contrasts.phenomena()))
        self.assertNotEqual(self.rows, contrasts.make(COUNT, seed=21, leave_out=contrasts.phenomena()))

    def test_all_different_and_as_many_of_each_label(self):
        self.assertEqual(len({text for _, text in self.rows}), COUNT)
        self.assertEqual(collections.Counter(label for label, _ in self.rows), {0: COUNT // 2, 1: COUNT // 2})

    def test_what_figures_are_taken_of_is_left_out(self):
        first = [text for _, text in contrasts.make(100, seed=20)]
        self.assertFalse(set(first) & {text for _, text in contrasts.make(COUNT, seed=20, leave_out=first)})
        self.assertGreater(len(contrasts.phenomena()), 50)

    def test_more_than_there_are_is_an_error(self):
        with mock.patch.dict(contrasts.FAMILIES, {"one": {0: ["不好"], 1: ["好"]}}, clear=True), self.assertRaisesRegex(ValueError, "do not give 1000"):
            contrasts.make(1000, seed=1)

    def test_no_negation_is_a_sign_of_a_label(self):
        """Each word that turns others around stands in good reviews about as often as in bad ones."""
        for word in ("不", "没", "没有", "虽然", "但是", "除了", "一点", "从来", "结果", "不得不"):
            labels = [label for label, text in self.rows if word in text]
            self.assertGreater(len(labels), 50, word)
            self.assertAlmostEqual(sum(labels) / len(labels), 0.5, delta=0.15, msg=word)

    def test_counting_pairs_of_characters_does_not_solve_them(self):
        """Or a model would learn nothing from them but which words are good."""
        half = COUNT // 2
        bayes = NaiveBayes(self.rows[:half])
        right = sum(bayes.label(text) == label for label, text in self.rows[half:]) / half
        self.assertLess(right, 0.95)


if __name__ == "__main__":
    unittest.main()
