"""Writes a model package: model.onnx, vocab.txt, model.json, probes.jsonl."""

import hashlib
import json
import math
import pathlib

import numpy
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

PROBE_TOLERANCE = 0.02
PROBE_MARGIN = 0.1  # closer to the border than this, another machine's rounding may give the other label
SENTIMENT = [{"name": "负面", "api": "negative"}, {"name": "正面", "api": "positive"}]


def round_to_half(model):
    """Rounds every matrix to what a 16-bit float holds."""
    with torch.no_grad():
        for p in model.parameters():
            if p.dim() > 1:
                p.copy_(p.half().float())


def export_onnx(model, path):
    model.eval()
    sample = torch.ones(2, 7, dtype=torch.long)
    names = ["input_ids", "attention_mask", "token_type_ids"]
    torch.onnx.export(
        model, (sample, sample, torch.zeros_like(sample)), str(path), opset_version=17, input_names=names,
        output_names=["logits"], do_constant_folding=True,
        dynamic_axes={**{n: {0: "batch", 1: "seq"} for n in names}, "logits": {0: "batch"}})


def store_as_half(path):
    """Keeps large float32 weights as float16 with a Cast behind each: half the download, the same graph once the
    runtime has folded the constants at load. Exact for weights that went through round_to_half."""
    model = onnx.load(str(path))
    casts = []
    for weight in model.graph.initializer:
        if weight.data_type != TensorProto.FLOAT:
            continue
        values = numpy_helper.to_array(weight)
        if values.size < 1024:
            continue
        half = numpy_helper.from_array(values.astype(numpy.float16), weight.name + "_half")
        casts.append(helper.make_node("Cast", [half.name], [weight.name], to=TensorProto.FLOAT))
        weight.CopyFrom(half)
    nodes = casts + list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def softmax(logits):
    highest = max(logits)
    terms = [math.exp(x - highest) for x in logits]
    return [t / sum(terms) for t in terms]


def known_answers(texts, logits, labels, tolerance=PROBE_TOLERANCE):
    """Lines of probes.jsonl for the texts that the model is sure enough of. logits: [[float, …], …], by torch, text by text."""
    lines = []
    for text, row in zip(texts, logits):
        probabilities = softmax(row)
        if sorted(probabilities)[-1] - sorted(probabilities)[-2] < 2 * PROBE_MARGIN:
            continue
        lines.append({
            "text": text, "label": labels[row.index(max(row))]["api"], "probabilities": [round(p, 6) for p in probabilities],
            "logits": [round(x, 6) for x in row], "tolerance": tolerance})
    return lines


def write(folder, vocab, answers, *, max_length, lower_case, version, labels=None, name="sentiment"):
    """Completes the package in a folder that has its model.onnx. vocab: tokens in the order of their ids. answers: known_answers(…)."""
    folder = pathlib.Path(folder)
    (folder / "vocab.txt").write_text("".join(t + "\n" for t in vocab), encoding="utf-8")
    with open(folder / "probes.jsonl", "w", encoding="utf-8") as f:
        f.writelines(json.dumps(answer, ensure_ascii=False) + "\n" for answer in answers)
    hashes = {}
    for file in ("model.onnx", "vocab.txt", "probes.jsonl"):
        hashes[file] = hashlib.sha256((folder / file).read_bytes()).hexdigest()
    (folder / "model.json").write_text(json.dumps({
        "name": name, "version": version, "labels": labels or SENTIMENT, "maxLength": max_length, "lowerCase": lower_case,
        "sha256": hashes,
    }, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
