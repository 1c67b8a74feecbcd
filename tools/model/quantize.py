"""int8 form of an exported classifier: same graph, same inputs and output.

Each product with a constant matrix becomes QuantizeLinear → DequantizeLinear on its input and an int8 matrix with one scale per
column; ONNX Runtime fuses the pair and the product into one integer kernel, and any other runtime can still run the file. The scale of the input
is calibrated once on real text and fixed: with a scale taken from the batch at hand, a text's score would depend on its neighbours. Large
embedding tables become int8 with one scale per row, tables of a few weights a row int8 with one scale per column.
"""

import numpy
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

# u8 × s8 products are summed in pairs in 16 bits on processors without VNNI, which 8-bit weights can overflow: 7 bits cannot.
WEIGHT_BITS = 7
TABLE_BITS = 8
LEAST_ROW = 16  # numbers in a row that is worth a scale of its own
LEAST_TABLE = 100_000  # numbers in a table that is worth it


class InputRanges:
    """Ranges of what enters each nn.Linear of a model, from the texts that run through it.

    Rare extremes are cut off: with their full range, everything else would get fewer steps. share: of the values that a range keeps.
    """

    BINS = 2048

    def __init__(self, model, share=0.9999):
        self.share = share
        self.extremes, self.histograms = {}, {}
        self._modules = {name: module for name, module in model.named_modules() if isinstance(module, nn.Linear)}

    def measure(self, run):
        """run() puts all texts through the model; it is called twice, first for the extremes and then for what lies between."""
        for take in (self._take_extremes, self._take_histogram):
            hooks = [module.register_forward_pre_hook(lambda _, args, name=name: take(name, args[0].detach()))
                     for name, module in self._modules.items()]
            try:
                run()
            finally:
                for hook in hooks:
                    hook.remove()
        return {name: self._range(name) for name in self.histograms}

    def _take_extremes(self, name, values):
        low, high = self.extremes.get(name, (0.0, 0.0))  # 0 is always inside: it has to have a code of its own
        self.extremes[name] = (min(low, values.min().item()), max(high, values.max().item()))

    def _take_histogram(self, name, values):
        low, high = self.extremes[name]
        counts = torch.histc(values.float(), self.BINS, low, high if high > low else low + 1)
        self.histograms[name] = self.histograms.get(name, 0) + counts

    def _range(self, name):
        low, high = self.extremes[name]
        share = torch.cumsum(self.histograms[name], 0) / self.histograms[name].sum()
        cut = (1 - self.share) / 2
        width = (high - low) / self.BINS
        first = int((share > cut).nonzero()[0])
        last = int((share >= 1 - cut).nonzero()[0])
        return min(0.0, low + first * width), max(0.0, low + (last + 1) * width)


def quantize(source, target, ranges):
    """Writes the int8 form of the ONNX file `source`. ranges: {module name: (lowest, highest)} of the input of each nn.Linear, as
    the exporter names its nodes ('/layers.0/up/MatMul'); a product without a range stays as it is. Returns how many were changed."""
    model = onnx.load(str(source))
    graph = model.graph
    constants = {tensor.name: tensor for tensor in graph.initializer}
    uses = {}
    for node in graph.node:
        for name in node.input:
            uses[name] = uses.get(name, 0) + 1
    nodes, products, tables = [], 0, 0
    inputs_done = {}
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in constants and (found := ranges.get(_module(node))) is not None:
            if uses[node.input[1]] > 1:
                raise ValueError(f"{node.name} shares its matrix with another node")
            key = (node.input[0], found)
            if key not in inputs_done:
                inputs_done[key] = f"{node.name}_input"
                nodes.extend(_quantized_input(graph, node.input[0], inputs_done[key], *found))
            nodes.append(_quantized_matrix(graph, constants[node.input[1]], node.name))
            nodes.append(helper.make_node("MatMul", [inputs_done[key], f"{node.name}_matrix"], node.output, node.name))
            products += 1
        elif node.op_type == "Gather" and node.input[0] in constants and uses[node.input[0]] == 1 and _is_table(constants[node.input[0]]):
            table = constants[node.input[0]]
            nodes.extend(_quantized_table(graph, table, node) if table.dims[1] >= LEAST_ROW else _rooted_table(graph, table, node))
            tables += 1
        else:
            nodes.append(node)
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, str(target))
    return products, tables


def _module(node):
    return ".".join(node.name.strip("/").split("/")[:-1])


def _add(graph, name, values):
    graph.initializer.append(numpy_helper.from_array(values, name))
    return name


def _replace(graph, tensor, name, values):
    tensor.CopyFrom(numpy_helper.from_array(values, name))
    return name


def _quantized_input(graph, name, to, low, high):
    scale = numpy.float32((high - low) / 255 or 1.0)
    zero = numpy.uint8(numpy.clip(round(-low / scale), 0, 255))
    steps = [_add(graph, f"{to}_scale", numpy.array(scale)), _add(graph, f"{to}_zero", numpy.array(zero))]
    yield helper.make_node("QuantizeLinear", [name, *steps], [f"{to}_codes"], f"{to}_quantize")
    yield helper.make_node("DequantizeLinear", [f"{to}_codes", *steps], [to], f"{to}_dequantize")


def _codes(values, axis, bits):
    """int8 codes and one float32 scale for each index along `axis` of a matrix, symmetric."""
    most = 2 ** (bits - 1) - 1
    scales = numpy.abs(values).max(axis=1 - axis).astype(numpy.float32) / most
    scales[scales == 0] = 1.0
    return numpy.clip(numpy.round(values / numpy.expand_dims(scales, 1 - axis)), -most, most).astype(numpy.int8), scales


def _quantized_matrix(graph, tensor, name):
    """Dequantizes an int8 matrix [in, out] by its columns."""
    codes, scales = _codes(numpy_helper.to_array(tensor), 1, WEIGHT_BITS)
    inputs = [_replace(graph, tensor, f"{name}_codes", codes), _add(graph, f"{name}_scales", scales),
              _add(graph, f"{name}_zeros", numpy.zeros(len(scales), numpy.int8))]
    return helper.make_node("DequantizeLinear", inputs, [f"{name}_matrix"], f"{name}_dequantize", axis=1)


def _is_table(tensor):
    return tensor.data_type == TensorProto.FLOAT and len(tensor.dims) == 2 and tensor.dims[0] * tensor.dims[1] >= LEAST_TABLE


def _quantized_table(graph, tensor, node):
    """Looks the codes of a row up, and its scale: the table stays int8 in memory too."""
    name = node.name
    codes, scales = _codes(numpy_helper.to_array(tensor), 0, TABLE_BITS)
    table, steps = _replace(graph, tensor, f"{name}_codes", codes), _add(graph, f"{name}_scales", scales[:, None])
    yield helper.make_node("Gather", [table, node.input[1]], [f"{name}_row"], f"{name}_codes")
    yield helper.make_node("Cast", [f"{name}_row"], [f"{name}_float"], f"{name}_cast", to=TensorProto.FLOAT)
    yield helper.make_node("Gather", [steps, node.input[1]], [f"{name}_scale"], f"{name}_scales")
    yield helper.make_node("Mul", [f"{name}_float", f"{name}_scale"], node.output, name)


def _rooted_table(graph, tensor, node):
    """Weights of single runs of characters: most are a ten thousandth of the largest, and a code for the root of a weight keeps both apart. The table stays
    int8 in memory too: decoded at load it took 50 MB more, most of it for what comes between."""
    name, values = node.name, numpy_helper.to_array(tensor)
    most = 2 ** (TABLE_BITS - 1) - 1
    largest = numpy.abs(values).max(axis=0, keepdims=True)
    largest[largest == 0] = 1.0
    codes = (numpy.sign(values) * numpy.round(numpy.sqrt(numpy.abs(values) / largest) * most)).astype(numpy.int8)
    table = _replace(graph, tensor, f"{name}_roots", codes)
    steps = _add(graph, f"{name}_root_scales", (largest / most**2).astype(numpy.float32))
    yield helper.make_node("Gather", [table, node.input[1]], [f"{name}_row"], f"{name}_roots")
    yield helper.make_node("Cast", [f"{name}_row"], [f"{name}_float"], f"{name}_cast", to=TensorProto.FLOAT)
    yield helper.make_node("Abs", [f"{name}_float"], [f"{name}_size"], f"{name}_abs")
    yield helper.make_node("Mul", [f"{name}_float", f"{name}_size"], [f"{name}_squares"], f"{name}_square")
    yield helper.make_node("Mul", [f"{name}_squares", steps], node.output, name)
