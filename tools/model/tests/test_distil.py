"""distil.py on made-up texts and networks of a few thousand weights: what a batch holds, and that a student learns from its teachers."""

import argparse
import contextlib
import io
import pathlib
import random
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tools/model"))
import blas  # noqa: E402, F401 (before torch)
import numpy  # noqa: E402
import torch  # noqa: E402

import distil  # noqa: E402
import network  # noqa: E402

SHAPE = dict(hidden=16, layers=1, heads=2, inner=32, positions=256, pairs=512, triples=512, gram_size=16, wide=64, dropout=0.0)
FILLERS = "的了是我在有这个人们也就到说时要去你会着没看自己"


def text(rng, label):
    """A pair tells the label; each of its characters alone tells nothing."""
    row = [rng.choice(FILLERS) for _ in range(rng.randrange(4, 12))]
    row.insert(rng.randrange(len(row)), "上下" if label else "下上")
    return "".join(row)


class DistilTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        rng = random.Random(3)
        for name, count in (("reviews.tsv", 1500), ("some_dev.tsv", 200)):
            rows = [(label, text(rng, label)) for label in rng.choices((0, 1), k=count)]
            (cls.folder / name).write_text("".join(f"{label}\t{line}\n" for label, line in rows), encoding="utf-8")
        (cls.folder / "unlabeled").mkdir()
        (cls.folder / "unlabeled/more.txt").write_text("".join(text(rng, n % 2) + "\n" for n in range(100)), encoding="utf-8")
        cls.texts_file = cls.folder / "texts.npz"
        distil.prepare(argparse.Namespace(corpora=str(cls.folder), out=str(cls.texts_file)))
        cls.before = network.SHAPE, distil.TEACHER
        network.SHAPE, distil.TEACHER = SHAPE, dict(SHAPE, hidden=32, inner=64)

    @classmethod
    def tearDownClass(cls):
        network.SHAPE, distil.TEACHER = cls.before
        cls.temporary.cleanup()

    def arguments(self, **changed):
        given = dict(
            texts=str(self.texts_file), out=str(self.folder), name="student", device="cpu", seed=20, teachers=2, replicas=1, tokens=2048,
            teacher_pretraining=1, student_pretraining=1, teaching=20, learning=20, start=None, limit=None)
        return argparse.Namespace(**{**given, **changed})

    def test_batch_parts_of_texts_between_cls_and_sep(self):
        texts = distil.Texts(self.arguments())
        rows = texts.train[:3]
        ids, mask, types = texts.batch(rows, numpy.array([0, 1, 2]), numpy.array([4, 2, 1]))
        self.assertEqual(0, ids.shape[1] % 8)
        for row, (skip, many) in zip(range(3), ((0, 4), (1, 2), (2, 1))):
            start = texts.starts[rows[row]] + skip
            expected = [distil.CLS, *texts.ids[start : start + many].tolist(), distil.SEP]
            self.assertEqual(expected, ids[row, : many + 2].tolist())
            self.assertEqual([1] * (many + 2) + [0] * (ids.shape[1] - many - 2), mask[row].tolist())
            self.assertEqual(0, ids[row, many + 2 :].sum().item())
        self.assertEqual(0, types.sum().item())

    def test_plan_every_text_once_a_pass_within_the_budget(self):
        texts = distil.Texts(self.arguments())
        plan = texts.plan(texts.train, 2, 256, 126, seed=1)
        once = numpy.sort(numpy.concatenate(plan[: len(plan) // 2]))
        self.assertEqual(sorted(texts.train), once.tolist())
        self.assertTrue(all(len(rows) * (min(126, texts.lengths[rows].max()) + 2) <= 256 for rows in plan))

    def test_splits_are_those_of_the_corpora(self):
        texts = distil.Texts(self.arguments())
        self.assertEqual({"reviews", "some_dev"}, set(texts.held))
        self.assertEqual(200, len(texts.held["some_dev"]))
        self.assertEqual(100, (texts.labels[texts.train] < 0).sum())

    def test_student_learns_what_its_teachers_know(self):
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            distil.pretrain(self.arguments(name="teacher"))
            distil.pretrain(self.arguments())
            distil.pretrain(self.arguments(start=str(self.folder / "student.encoder.pt"), seed=21))
            for i in range(2):
                distil.teach(self.arguments(name=f"teacher-{i}"))
            distil.learn(self.arguments())
        model = network.Classifier(len(distil.Texts(self.arguments()).vocab), **SHAPE)
        distil.load_deep(model, self.folder / "student.pt")
        texts = distil.Texts(self.arguments())
        rows = texts.held["some_dev"]
        with torch.no_grad():
            right = (distil.answers([model.eval()], texts, rows, self.arguments()).argmax(dim=1).numpy() == texts.labels[rows]).mean()
        self.assertGreater(right, 0.95, said.getvalue())


if __name__ == "__main__":
    unittest.main()
