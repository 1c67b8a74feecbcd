"""Labelled review files (label<TAB>text, 1 = positive) and the split that train.py holds back."""

import collections
import hashlib
import pathlib

import bert_tokenizer

SPECIAL_TOKENS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def read_tsv(path):
    """[(label, text), …]"""
    rows = []
    with open(path, encoding="utf-8") as f:
        for line in f:
            label, text = line.rstrip("\n").split("\t", 1)
            rows.append((int(label), text))
    return rows


def held_back(text):
    """True for 2 % of all texts, by hash: the same ones in every run, whatever the order of the files."""
    return hashlib.sha256(text.encode("utf-8")).digest()[0] < 5


def load(folder):
    """Training rows, and held-back rows per file. chnsenticorp_dev is never trained on."""
    train, held = [], {}
    for path in sorted(pathlib.Path(folder).glob("*.tsv")):
        rows = read_tsv(path)
        if path.stem.endswith("_dev"):
            held[path.stem] = rows
            continue
        held[path.stem] = [r for r in rows if held_back(r[1])]
        train.extend(r for r in rows if not held_back(r[1]))
    return train, held


def build_vocabulary(rows, min_characters, min_words):
    """Characters seen at least min_characters times, their ## forms where they continue a word, and Latin words or
    numbers seen at least min_words times."""
    words = collections.Counter()
    for _, text in rows:
        words.update(bert_tokenizer.words(text))
    first, inner = collections.Counter(), collections.Counter()
    for word, n in words.items():
        first[word[0]] += n
        for ch in word[1:]:
            inner[ch] += n
    tokens = sorted(c for c, n in first.items() if n >= min_characters)
    tokens += sorted("##" + c for c, n in inner.items() if n >= min_characters)
    known = set(tokens)
    tokens += sorted(w for w, n in words.items() if len(w) > 1 and n >= min_words and w not in known)
    return SPECIAL_TOKENS + tokens
