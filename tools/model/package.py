"""Writes a model package: model.onnx, vocab.txt, model.json, probes.jsonl."""

import hashlib
import json
import pathlib

import numpy
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

# Known answers are asked of every silo before it may serve. The texts are ours, not from any corpus.
PROBE_TEXTS = [
    "这个产品太棒了!",
    "质量很差，用了两天就坏了，客服也不理人。",
    "房间干净，服务热情，下次还来。",
    "送餐太慢了，饭都凉了，很失望。",
    "书的内容非常好，值得一读。",
    "屏幕有亮点，要求退货被拒绝。",
    "好",
    "垃圾",
    "The battery is great, 续航 2 天没问题 👍",
    "早餐不错，但是隔音太差，整晚没有睡好，前台的态度也很冷淡，价格还这么贵，不会再来了。" * 3,
]
PROBE_TOLERANCE = 0.02
PROBE_MARGIN = 0.1  # closer to the border than this, another machine's rounding may give the other label


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


def write(folder, model, vocab, tokenizer, max_length, version, answer):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    export_onnx(model, folder / "model.onnx")
    store_as_half(folder / "model.onnx")
    (folder / "vocab.txt").write_text("".join(t + "\n" for t in vocab), encoding="utf-8")
    labels = ["negative", "positive"]
    with open(folder / "probes.jsonl", "w", encoding="utf-8") as f:
        for text, row in zip(PROBE_TEXTS, answer(PROBE_TEXTS)):
            if max(row) < 1 / len(row) + PROBE_MARGIN:
                continue
            f.write(json.dumps({
                "text": text, "label": labels[row.index(max(row))], "probabilities": [round(p, 6) for p in row],
                "tolerance": PROBE_TOLERANCE}, ensure_ascii=False) + "\n")
    hashes = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
              for name in ("model.onnx", "vocab.txt", "probes.jsonl")}
    (folder / "model.json").write_text(json.dumps({
        "name": "sentiment", "version": version,
        "labels": [{"name": "负面", "api": "negative"}, {"name": "正面", "api": "positive"}],
        "maxLength": max_length, "lowerCase": tokenizer.lower_case, "sha256": hashes,
    }, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
