"""What comes out of a package is what went in, as exact as int8 is."""

import json
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tools/model"))
import blas  # noqa: E402, F401 (before torch)
import torch  # noqa: E402

import network  # noqa: E402
import package  # noqa: E402
import quantize  # noqa: E402
import unpack  # noqa: E402

VOCAB = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"好差很不"]
SHAPE = dict(hidden=32, layers=2, heads=2, inner=1100, positions=40, pairs=8192, triples=8192, gram_size=16, wide=1 << 17, dropout=0.0)


class UnpackTest(unittest.TestCase):
    def test_deep_part_before_the_mixture(self):
        torch.manual_seed(4)
        model = network.Classifier(len(VOCAB), **SHAPE)
        with torch.no_grad():
            for weight in model.parameters():
                weight.normal_(std=0.1)
        before = {name: w.clone() for name, w in network.deep_state(model).items()}
        with torch.no_grad():  # as train.mix leaves it
            model.head.weight *= 0.5
            model.head.bias.mul_(0.5).add_(network.both_ways(torch.tensor([0.2]))[0])
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            package.export_onnx(model, folder / "fp32.onnx")
            ranges = quantize.InputRanges(model).measure(lambda: model(*(torch.full((2, 9), n) for n in (5, 1, 0))))
            self.assertEqual((9, 4), quantize.quantize(folder / "fp32.onnx", folder / "model.onnx", ranges))
            package.store_as_half(folder / "model.onnx")
            (folder / "vocab.txt").write_text("".join(token + "\n" for token in VOCAB), encoding="utf-8")
            (folder / "training.json").write_text(json.dumps({"mixture": {"deep": 0.5, "wide": 0.7, "bias": 0.2}}), encoding="utf-8")
            self.assertEqual(VOCAB, unpack.vocabulary(folder))
            found = unpack.deep_state(folder)
        self.assertEqual(before.keys(), found.keys())
        for name, expected in before.items():
            self.assertEqual(expected.shape, found[name].shape, name)
            self.assertLess((expected - found[name]).abs().max(), expected.abs().max() / 50, name)  # int8 keeps 64 or 127 steps either way


if __name__ == "__main__":
    unittest.main()
