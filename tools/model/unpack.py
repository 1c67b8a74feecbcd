"""Weights of the deep part, out of a package that train.py wrote: to train on from there. They are as exact as int8 is, which a training does not notice."""

import json
import pathlib

import numpy
import onnx
import torch
from onnx import numpy_helper

import network


def vocabulary(folder):
    return (pathlib.Path(folder) / "vocab.txt").read_text(encoding="utf-8").split("\n")[:-1]


def identity(folder):
    """Version of a package and the hash of its graph."""
    manifest = json.loads((pathlib.Path(folder) / "model.json").read_text(encoding="utf-8"))
    return {"version": manifest["version"], "sha256": manifest["sha256"]["model.onnx"]}


def deep_state(folder):
    """As network.deep_state, {name: float tensor}, before the mixture."""
    folder = pathlib.Path(folder)
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(str(folder / "model.onnx")).graph.initializer}
    values = {name[: -len("_half")] if name.endswith("_half") else name: value for name, value in values.items()}
    state = {}
    for name, value in values.items():
        if name.startswith(("wide.", "/wide/")):
            continue
        if name.endswith("/MatMul_codes"):  # [in, out], a scale a column
            state[_parameter(name)] = (value * values[name[: -len("codes")] + "scales"].astype(numpy.float32)).T
        elif name.endswith("/Gather_codes"):  # a scale a row
            state[_parameter(name)] = value * values[name[: -len("codes")] + "scales"].astype(numpy.float32)
        elif not name.startswith("/"):
            state[name] = value
    state = {name: torch.from_numpy(numpy.array(value, dtype=numpy.float32)) for name, value in state.items()}
    mixture = json.loads((folder / "training.json").read_text(encoding="utf-8"))["mixture"]
    state["head.bias"] = (state["head.bias"] - network.both_ways(torch.tensor([mixture["bias"]]))[0]) / mixture["deep"]
    state["head.weight"] = state["head.weight"] / mixture["deep"]
    return state


def _parameter(name):
    """'/encoder/layers.0/qkv/MatMul_codes' is of 'encoder.layers.0.qkv.weight'."""
    return ".".join([*name.strip("/").split("/")[:-1], "weight"])
