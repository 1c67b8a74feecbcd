import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from naive_bayes import NaiveBayes  # noqa: E402


class NaiveBayesTest(unittest.TestCase):
    def test_label_pairs_decide(self):
        model = NaiveBayes([(1, "很好吃"), (1, "很好看"), (0, "不好吃"), (0, "不好看")])
        self.assertEqual([1, 0], [model.label("很好用"), model.label("不好用")])

    def test_label_unknown_text_the_more_frequent(self):
        model = NaiveBayes([(1, "好"), (1, "妙"), (1, "棒"), (0, "差")])
        self.assertEqual(1, model.label("木"))


if __name__ == "__main__":
    unittest.main()
