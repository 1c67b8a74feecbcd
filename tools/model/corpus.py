"""Reviews to train on, and the splits that are held back.

A folder of corpora holds label<TAB>text files (1 = positive, 0 = negative); `optional/*.tsv` of the same form are social media and chat,
`unlabeled/*.txt` have a text a line. *_dev.tsv is never trained on, in any way.
"""

import collections
import hashlib
import pathlib

import bert_tokenizer

SPECIAL_TOKENS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
HELD_BACK = 5  # of 256: 2 % of every file for the figures
TUNING = 10  # of 256: from there to here, 2 % more, for what is tuned after training (mixture, ranges of int8)


def read_tsv(path):
    """[(label, text), …]"""
    rows = []
    with open(path, encoding="utf-8") as f:
        for line in f:
            label, text = line.rstrip("\n").split("\t", 1)
            rows.append((int(label), text))
    return rows


def _share(text):
    """0..255, by hash: the same in every run, whatever the order of the files."""
    return hashlib.sha256(text.encode("utf-8")).digest()[0]


class Corpora:
    """train: [(label, text)]; tuning: the same, 2 %; held: {file: rows}; texts: every text that may be read without its label; posts: those of optional/."""

    def __init__(self, folder, optional=True):
        folder = pathlib.Path(folder)
        self.train, self.tuning, self.held, self.posts = [], [], {}, set()
        paths = sorted(folder.glob("*.tsv")) + (sorted(folder.glob("optional/*.tsv")) if optional else [])
        if not paths:
            raise SystemExit(f"{folder} has no *.tsv")
        for path in paths:
            rows = read_tsv(path)
            if path.parent != folder:
                self.posts.update(text for _, text in rows)
            if path.stem.endswith("_dev"):
                self.held[path.stem] = rows
                continue
            self.held[path.stem] = [row for row in rows if _share(row[1]) < HELD_BACK]
            self.tuning += [row for row in rows if HELD_BACK <= _share(row[1]) < TUNING]
            self.train += [row for row in rows if _share(row[1]) >= TUNING]
        self.unlabeled = []
        for path in sorted(folder.glob("unlabeled/*.txt")) if optional else []:
            self.unlabeled += [line.strip() for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]

    @property
    def texts(self):
        return [text for _, text in self.train] + self.unlabeled


def build_vocabulary(texts, min_characters, min_words):
    """Characters seen at least min_characters times, their ## forms where they continue a word, and Latin words or
    numbers seen at least min_words times."""
    words = collections.Counter()
    for text in texts:
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
