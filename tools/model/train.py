#!/usr/bin/env python3
"""Trains the default sentiment classifier from scratch and writes a model package.

    nice python3 tools/model/train.py --corpora FOLDER --out models/default

FOLDER holds label<TAB>text files (1 = positive). *_dev.tsv is used for figures only. Needs Debian's python3-torch and
python3-onnx, and libopenblas0-pthread (without it a pass takes ten times as long). No text is written to the package.
"""

import argparse
import json
import math
import pathlib
import random
import sys
import time

import torch

import bert_tokenizer
import corpus
import network
import package


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--corpora", required=True, help="folder of label<TAB>text files")
    p.add_argument("--out", required=True, help="folder of the model package to write")
    p.add_argument("--version", default="1", help="model version named in every answer")
    p.add_argument("--passes", type=float, default=2.0)
    p.add_argument("--tokens", type=int, default=1536, help="padded tokens a batch")
    p.add_argument("--rate", type=float, default=2.5e-4, help="peak learning rate; 6e-4 diverges")
    p.add_argument("--pair-rate", type=float, default=2e-3, help="peak learning rate of the sparse pair table")
    p.add_argument("--warmup", type=int, default=300)
    p.add_argument("--max-length", type=int, default=256)
    p.add_argument("--min-characters", type=int, default=3)
    p.add_argument("--min-words", type=int, default=100)
    p.add_argument("--seed", type=int, default=20)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--limit", type=int, help="rows to train on (a trial)")
    return p.parse_args()


def collate(rows):
    """Three int64 tensors [batch, seq] and the labels [batch]."""
    longest = max(len(ids) for _, ids in rows)
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for i, (_, row) in enumerate(rows):
        ids[i, : len(row)] = torch.tensor(row)
        mask[i, : len(row)] = 1
    return ids, mask, torch.zeros_like(ids), torch.tensor([label for label, _ in rows])


def batches(rows, tokens, rng):
    """Batches of neighbours in length, at most `tokens` padded tokens each, in random order. Sorting inside large
    random windows keeps padding low without fixing who rides with whom in every pass."""
    order = list(range(len(rows)))
    rng.shuffle(order)
    out = []
    for start in range(0, len(order), 8192):
        window = sorted(order[start : start + 8192], key=lambda i: len(rows[i][1]))
        batch = []
        for i in window:
            if batch and (len(batch) + 1) * len(rows[i][1]) > tokens:
                out.append(batch)
                batch = []
            batch.append(i)
        out.append(batch)
    rng.shuffle(out)
    return out


@torch.no_grad()
def probabilities(model, encoded, tokens):
    """P(label) for each row, float [rows, labels], in the order given."""
    model.eval()
    out = [None] * len(encoded)
    order = sorted(range(len(encoded)), key=lambda i: len(encoded[i]))
    while order:
        longest, take = 0, []
        while order and (len(take) + 1) * max(longest, len(encoded[order[0]])) <= max(tokens, len(encoded[order[0]])):
            longest = max(longest, len(encoded[order[0]]))
            take.append(order.pop(0))
        ids, mask, types, _ = collate([(0, encoded[i]) for i in take])
        for i, row in zip(take, torch.softmax(model(ids, mask, types), dim=-1).tolist()):
            out[i] = row
    model.train()
    return out


def accuracy(model, rows, tokenizer, args):
    encoded = [tokenizer.encode(text, args.max_length) for _, text in rows]
    answers = probabilities(model, encoded, args.tokens)
    return sum((p[1] > p[0]) == (label == 1) for p, (label, _) in zip(answers, rows)) / len(rows)


def train(model, rows, dev, tokenizer, args):
    rng = random.Random(args.seed)
    decay = [p for n, p in model.named_parameters() if p.dim() > 1 and not n.startswith("pair_table")]
    plain = [p for p in model.parameters() if p.dim() == 1]
    optimizer = torch.optim.AdamW([
        {"params": decay, "lr": args.rate, "weight_decay": 0.01},
        {"params": plain, "lr": args.rate, "weight_decay": 0.0},
        {"params": [model.pair_table.weight], "lr": args.pair_rate, "weight_decay": 0.0},
    ])
    schedule = []
    while len(schedule) < math.ceil(args.passes):
        schedule.append(batches(rows, args.tokens, rng))
    plan = [b for one in schedule for b in one]
    plan = plan[: int(len(plan) * args.passes / len(schedule))]
    rate = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda i: min(1.0, (i + 1) / args.warmup) * max(0.0, 1 - i / len(plan)))
    print(f"{len(rows)} rows, {len(plan)} steps, {sum(p.numel() for p in model.parameters())} parameters", flush=True)
    started, loss_sum = time.monotonic(), 0.0
    model.train()
    for step, batch in enumerate(plan, 1):
        ids, mask, types, labels = collate([rows[i] for i in batch])
        loss = torch.nn.functional.cross_entropy(model(ids, mask, types), labels, label_smoothing=0.02)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        rate.step()
        loss_sum += loss.item()
        if step % 250 == 0:
            note = f"step {step}/{len(plan)} loss {loss_sum / 250:.4f} {time.monotonic() - started:.0f} s"
            if step % 1000 == 0:
                note += f" dev {accuracy(model, dev, tokenizer, args):.4f}"
            print(note, flush=True)
            loss_sum = 0.0
    return time.monotonic() - started


def main():
    args = arguments()
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    rows, held = corpus.load(args.corpora)
    if args.limit:
        random.Random(args.seed).shuffle(rows)
        rows = rows[: args.limit]
    vocab = corpus.build_vocabulary(rows, args.min_characters, args.min_words)
    tokenizer = bert_tokenizer.BertTokenizer(vocab)
    encoded = [(label, tokenizer.encode(text, args.max_length)) for label, text in rows]
    print(f"{len(vocab)} tokens in the vocabulary", flush=True)

    model = network.Classifier(len(vocab), positions=args.max_length)
    seconds = train(model, encoded, held["chnsenticorp_dev"], tokenizer, args)
    package.round_to_half(model)  # the figures below are those of the weights as shipped
    figures = {name: {"rows": len(r), "accuracy": round(accuracy(model, r, tokenizer, args), 4)}
               for name, r in held.items()}
    out = pathlib.Path(args.out)
    package.write(out, model, vocab, tokenizer, args.max_length, args.version, lambda texts: probabilities(
        model, [tokenizer.encode(t, args.max_length) for t in texts], args.tokens))
    (out / "training.json").write_text(json.dumps({
        "arguments": {k: v for k, v in vars(args).items() if k not in ("corpora", "out")},
        "rows": len(rows), "seconds": round(seconds), "torch": torch.__version__, "heldBack": figures,
    }, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=2), flush=True)


if __name__ == "__main__":
    sys.exit(main())
