#!/usr/bin/env python3
"""Writes a checkpoint folder with the shape of BERT-base and seeded random weights, to measure speed with where no real one is at hand.

    python3 tools/model/random_bert.py work/random-bert
    python3 tools/model/export.py work/random-bert work/bert-base --any-answers

Its answers mean nothing. Needs Debian's python3-torch.
"""

import argparse
import json
import pathlib

import blas  # noqa: F401 (before torch)
import torch

ROOT = pathlib.Path(__file__).resolve().parents[2]
POSITIONS = 512


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("out", help="folder to write")
    p.add_argument("--layers", type=int, default=12)
    p.add_argument("--hidden", type=int, default=768)
    p.add_argument("--vocab", default=str(ROOT / "models/default/vocab.txt"), help="vocabulary file, filled up with unused tokens")
    p.add_argument("--vocab-size", type=int, default=21128)
    p.add_argument("--seed", type=int, default=20)
    return p.parse_args()


def weights(vocab, layers, hidden):
    """Named as Hugging Face names them. Larger than BERT's first weights: the answers shall depend on the text."""
    out = {}

    def linear(name, rows, columns, scale=1.0):
        out[name + ".weight"] = torch.randn(rows, columns) * scale * columns**-0.5
        out[name + ".bias"] = torch.randn(rows) * 0.02

    def norm(name):
        out[name + ".weight"], out[name + ".bias"] = torch.ones(hidden), torch.zeros(hidden)

    for name, rows in (("word", vocab), ("position", POSITIONS), ("token_type", 2)):
        out[f"bert.embeddings.{name}_embeddings.weight"] = torch.randn(rows, hidden) * hidden**-0.5
    norm("bert.embeddings.LayerNorm")
    for i in range(layers):
        layer = f"bert.encoder.layer.{i}"
        for part in ("self.query", "self.key", "self.value", "output.dense"):
            linear(f"{layer}.attention.{part}", hidden, hidden)
        norm(f"{layer}.attention.output.LayerNorm")
        linear(f"{layer}.intermediate.dense", 4 * hidden, hidden)
        linear(f"{layer}.output.dense", hidden, 4 * hidden)
        norm(f"{layer}.output.LayerNorm")
    linear("bert.pooler.dense", hidden, hidden)
    linear("classifier", 2, hidden, scale=4.0)
    return out


def main():
    args = arguments()
    torch.manual_seed(args.seed)
    out = pathlib.Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    vocab = pathlib.Path(args.vocab).read_text(encoding="utf-8").rstrip("\n").split("\n")[: args.vocab_size]
    vocab += [f"[unused{n}]" for n in range(1, args.vocab_size - len(vocab) + 1)]
    (out / "vocab.txt").write_text("\n".join(vocab) + "\n", encoding="utf-8")
    torch.save(weights(len(vocab), args.layers, args.hidden), out / "pytorch_model.bin")
    config = {"vocab_size": len(vocab), "hidden_size": args.hidden, "num_hidden_layers": args.layers, "num_attention_heads": args.hidden // 64,
              "intermediate_size": 4 * args.hidden, "hidden_act": "gelu", "max_position_embeddings": POSITIONS, "type_vocab_size": 2,
              "layer_norm_eps": 1e-12}
    (out / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (out / "label_mapping.json").write_text(json.dumps({"负面": 0, "正面": 1}, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
