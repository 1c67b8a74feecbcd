#!/usr/bin/env python3
"""Writes the tiny model package of the unit tests: seeded random weights, a vocabulary of a few dozen characters.

    python3 tools/model/tiny_model.py tests/UnitTests/data/tiny-model

It has the shape of the real model, so it shows whether ids, masks, padding and labels arrive where they should. Its known
answers are torch's, text by text. Needs Debian's python3-torch and python3-onnx.
"""

import pathlib
import sys

import torch

import package
from bert_tokenizer import BertTokenizer
from network import Classifier

MAX_LENGTH = 48


def vocabulary():
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    return (["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + list("!,.?，。！？") + list(letters) + ["##" + c for c in letters]
            + sorted(set("".join(package.PROBE_TEXTS)) - set(letters) - set("!,.?，。！？ ABCDEFGHIJKLMNOPQRSTUVWXYZ")))


def main(out):
    torch.manual_seed(20)
    vocab = vocabulary()
    tokenizer = BertTokenizer(vocab)
    model = Classifier(len(vocab), hidden=16, layers=1, heads=2, inner=32, positions=MAX_LENGTH, pairs=64, pair_size=8)
    with torch.no_grad():
        for weights in model.parameters():  # large enough for the labels to depend on the text
            if weights.dim() > 1:
                weights.normal_(std=0.6)
    package.round_to_half(model)
    model.eval()

    def answer(texts):
        rows = []
        for text in texts:
            ids = torch.tensor([tokenizer.encode(text, MAX_LENGTH)])
            with torch.no_grad():
                rows.append(torch.softmax(model(ids, torch.ones_like(ids), torch.zeros_like(ids)), dim=-1)[0].tolist())
        return rows

    package.PROBE_TOLERANCE = 0.0001
    package.write(out, model, vocab, tokenizer, MAX_LENGTH, "1", answer)
    size = sum(f.stat().st_size for f in pathlib.Path(out).iterdir())
    print(f"{len(vocab)} tokens, {size} bytes")


main(sys.argv[1])
