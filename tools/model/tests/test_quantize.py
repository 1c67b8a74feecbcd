"""int8 tables whose weights spread over many powers of ten."""

import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tools/model"))
import numpy  # noqa: E402
import onnx  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

import quantize  # noqa: E402


def run(graph, ids):
    """What the graph's nodes compute; this Debian's onnx has no evaluator of its own."""
    operators = {"Gather": lambda table, at: table[at], "Cast": lambda x: x.astype(numpy.float32), "Abs": numpy.abs, "Mul": numpy.multiply}
    values = {"ids": ids, **{tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}}
    for node in graph.node:
        values[node.output[0]] = operators[node.op_type](*(values[name] for name in node.input))
    return values[graph.output[0].name]


class RootedTableTest(unittest.TestCase):
    def test_small_weights_survive_beside_large_ones(self):
        rng = numpy.random.RandomState(2)
        weights = (rng.standard_normal((40_000, 3)) * 10.0 ** rng.uniform(-3, 1, (40_000, 3)) * [1, 4, 0]).astype(numpy.float32)
        graph = helper.make_graph(
            [helper.make_node("Gather", ["wide", "ids"], ["rows"], "/wide/Gather")], "g",
            [helper.make_tensor_value_info("ids", TensorProto.INT64, ["n"])], [helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["n", 3])],
            [numpy_helper.from_array(weights, "wide")])
        with tempfile.TemporaryDirectory() as folder:
            source, target = pathlib.Path(folder) / "fp32.onnx", pathlib.Path(folder) / "int8.onnx"
            onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]), str(source))
            self.assertEqual((0, 1), quantize.quantize(source, target, {}))
            self.assertLess(target.stat().st_size, weights.size * 1.05)
            found = run(onnx.load(str(target)).graph, numpy.arange(40_000))
        largest = numpy.abs(weights).max(axis=0)
        # half a step of the root: |w| = r², so the error is at most (2 r + half a step) × half a step
        step = numpy.sqrt(largest) / 127
        bound = (2 * numpy.sqrt(numpy.abs(weights)) + step / 2) * step / 2
        self.assertTrue((numpy.abs(found - weights) <= bound * 1.001 + 1e-9).all())
        self.assertTrue((found[:, 2] == 0).all())


if __name__ == "__main__":
    unittest.main()
