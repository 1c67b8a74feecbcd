#!/usr/bin/env python3
"""Writes the tiny model package of the unit tests: seeded random weights, a vocabulary of a few dozen characters.

    python3 tools/model/tiny_model.py tests/UnitTests/data/tiny-model

It has the shape of the real model, so it shows whether ids, masks, padding and labels arrive where they should. Its known
answers are torch's, text by text. Needs Debian's python3-torch and python3-onnx. The package in the tests was made when the network had no
triples and no wide part (commit b44db29): another one has other answers, and some tests name them.
"""

import pathlib
import sys

import torch

import known_texts
import package
from bert_tokenizer import BertTokenizer
from network import Classifier

MAX_LENGTH = 48
SHAPE = dict(hidden=16, layers=1, heads=2, inner=32, positions=MAX_LENGTH, pairs=64, triples=64, gram_size=8, wide=64, dropout=0.1)
KNOWN = [text for text, _ in known_texts.KNOWN]


def vocabulary():
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    return (["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + list("!,.?，。！？") + list(letters) + ["##" + c for c in letters]
            + sorted(set("".join(KNOWN)) - set(letters) - set("!,.?，。！？ ABCDEFGHIJKLMNOPQRSTUVWXYZ")))


def main(out):
    torch.manual_seed(20)
    vocab = vocabulary()
    tokenizer = BertTokenizer(vocab)
    model = Classifier(len(vocab), **SHAPE)
    with torch.no_grad():
        for weights in model.parameters():  # large enough for the labels to depend on the text
            if weights.dim() > 1:
                weights.normal_(std=0.6)
    package.round_to_half(model)
    model.eval()

    def logits(text):
        ids = torch.tensor([tokenizer.encode(text, MAX_LENGTH)])
        with torch.no_grad():
            return model(ids, torch.ones_like(ids), torch.zeros_like(ids))[0].tolist()

    out = pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    package.export_onnx(model, out / "model.onnx")
    package.store_as_half(out / "model.onnx")
    answers = package.known_answers(KNOWN, [logits(text) for text in KNOWN], package.SENTIMENT, tolerance=0.0001)
    package.write(out, vocab, answers, max_length=MAX_LENGTH, lower_case=True, version="1")
    print(f"{len(vocab)} tokens, {sum(f.stat().st_size for f in out.iterdir())} bytes")


main(sys.argv[1])
