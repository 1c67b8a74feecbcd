"""fp16 form of an exported classifier, for CUDA devices: same graph, same inputs and output, half the memory and several times the speed there.

Weights and what is computed from them become 16-bit floats; the logits leave the graph as 32-bit ones. LayerNormalization and Softmax add up
in 32 bits inside their kernels. On a CPU the runtime computes it in fp32 between casts: right, but slow.
"""

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

from checkpoint import CheckpointRefused

MOST = float(numpy.finfo(numpy.float16).max)


def to_half(source, target):
    """Writes the fp16 form of the ONNX file `source`. Returns how many weights became 16-bit floats.

    CheckpointRefused: a weight is too large for 16 bits."""
    model = onnx.load(str(source))
    graph = model.graph
    weights = 0
    for tensor in graph.initializer:
        weights += _halve(tensor, tensor.name)
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.TENSOR:
                _halve(attribute.t, node.name)
            elif node.op_type == "Cast" and attribute.name == "to" and attribute.i == TensorProto.FLOAT:
                attribute.i = TensorProto.FLOAT16
    for output in graph.output:
        inner = f"{output.name}_half"
        for node in graph.node:
            node.output[:] = [inner if name == output.name else name for name in node.output]
        graph.node.append(helper.make_node("Cast", [inner], [output.name], f"{output.name}_cast", to=TensorProto.FLOAT))
    del graph.value_info[:]
    onnx.checker.check_model(model)
    onnx.save(model, str(target))
    return weights


def _halve(tensor, name):
    if tensor.data_type != TensorProto.FLOAT:
        return False
    values = numpy_helper.to_array(tensor)
    if numpy.abs(values).max(initial=0.0) > MOST:
        raise CheckpointRefused(f"{name} has a number above {MOST:g}, the largest that a 16-bit float holds")
    tensor.CopyFrom(numpy_helper.from_array(values.astype(numpy.float16), tensor.name))
    return True
