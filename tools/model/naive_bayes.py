#!/usr/bin/env python3
"""What a classifier has to beat: multinomial naive Bayes over pairs of characters, on the same splits as train.py.

    python3 tools/model/naive_bayes.py --corpora FOLDER
"""

import argparse
import collections
import math
import sys

import corpus


def pairs(text):
    return [text[i : i + 2] for i in range(len(text) - 1)] or [text]


class NaiveBayes:
    """With add-one smoothing. rows: [(label, text)], labels 0 and 1."""

    def __init__(self, rows):
        self._texts, self._seen = [0, 0], [collections.Counter(), collections.Counter()]
        for label, text in rows:
            self._texts[label] += 1
            self._seen[label].update(pairs(text))
        different = len(set(self._seen[0]) | set(self._seen[1]))
        self._all = [sum(seen.values()) + different for seen in self._seen]

    def label(self, text):
        scores = [math.log(self._texts[label] or 1) + sum(math.log((self._seen[label][pair] + 1) / self._all[label]) for pair in pairs(text))
                  for label in (0, 1)]
        return int(scores[1] > scores[0])


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--corpora", required=True)
    data = corpus.Corpora(p.parse_args().corpora)
    model = NaiveBayes(data.train)
    for name, rows in data.held.items():
        print(f"{name:<28} {sum(model.label(text) == label for label, text in rows) / len(rows):.4f} of {len(rows)}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
