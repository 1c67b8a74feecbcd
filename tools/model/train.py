#!/usr/bin/env python3
"""Trains the default sentiment classifier on a pre-trained encoder.

    nice python3 tools/model/train.py --corpora FOLDER --encoder work/encoder.pt --save work/teacher-1.pt --seed 1
    nice python3 tools/model/train.py --corpora FOLDER --encoder work/encoder.pt --teachers work/teacher-*.pt --out models/default

The first form trains a teacher on the labels. The second trains the model that is shipped, on the labels and on what the teachers say
of every text, unlabelled ones included (distillation, Hinton et al., 2015), and writes the package. Weights are averaged over the last part
of the training; scores are calibrated by one temperature on texts that were not trained on. *_dev.tsv is used for figures only. No text goes
into the package. Needs Debian's python3-torch, python3-onnx and libopenblas0-pthread (without it a pass takes ten times as long).
"""

import argparse
import json
import pathlib
import random
import shutil
import sys
import time

import torch
from torch.nn import functional

import batches
import corpus
import known_texts
import network
import package
import quantize
from bert_tokenizer import BertTokenizer
from optimisers import Optimisers

AVERAGED = 0.3  # last share of the steps whose weights are averaged
SNAPSHOT_EVERY = 25
CALIBRATION_TEXTS = 500


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--corpora", required=True, help="folder of label<TAB>text files")
    p.add_argument("--encoder", required=True, help="what pretrain.py wrote")
    p.add_argument("--save", help="file for the weights, to be a teacher")
    p.add_argument("--teachers", nargs="*", default=[], help="files that --save wrote")
    p.add_argument("--out", help="folder of the model package to write")
    p.add_argument("--version", default="2", help="model version named in every answer")
    p.add_argument("--passes", type=float, default=3.0)
    p.add_argument("--tokens", type=int, default=2048, help="padded tokens a batch")
    p.add_argument("--rate", type=float, default=3e-4)
    p.add_argument("--table-rate", type=float, default=1e-3)
    p.add_argument("--warmup", type=int, default=200)
    p.add_argument("--smoothing", type=float, default=0.05, help="label smoothing")
    p.add_argument("--teacher-share", type=float, default=0.7, help="weight of what the teachers say where there is a label too")
    p.add_argument("--wide-drop", type=float, default=0.5, help="share of the batches that the deep part has to answer alone")
    p.add_argument("--seed", type=int, default=20)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--limit", type=int, help="texts to train on (a trial)")
    return p.parse_args()


class Average:
    """Mean of the weights over the last steps (stochastic weight averaging, Izmailov et al., 2018)."""

    def __init__(self):
        self._sum, self._count = None, 0

    def add(self, model):
        with torch.no_grad():
            if self._sum is None:
                self._sum = {name: p.detach().clone() for name, p in model.named_parameters()}
            else:
                for name, p in model.named_parameters():
                    self._sum[name] += p
        self._count += 1

    def put_into(self, model):
        with torch.no_grad():
            for name, p in model.named_parameters():
                p.copy_(self._sum[name] / self._count)


def loss_of(logits, labels, teacher, args):
    """labels: int64 [batch], -1 for none; teacher: float [batch, 2], probabilities, or None."""
    labelled = labels >= 0
    loss = functional.cross_entropy(logits[labelled], labels[labelled], label_smoothing=args.smoothing) if labelled.any() else 0.0
    if teacher is None:
        return loss
    taught = -(teacher * functional.log_softmax(logits, dim=1)).sum(dim=1).mean()
    return (1 - args.teacher_share) * loss + args.teacher_share * taught


def train(model, ids, labels, teacher, dev, args):
    """Seconds that it took. dev: (ids, labels) of the figure that is printed on the way."""
    rng = random.Random(args.seed)
    plan = batches.passes([len(row) for row in ids], args.tokens, args.passes, rng)
    steps = len(plan)
    optimisers = Optimisers(model, args.rate, args.table_rate, steps, args.warmup)
    average = Average()
    print(f"{len(ids)} texts, {steps} steps, {sum(p.numel() for p in model.parameters())} parameters", flush=True)
    started, loss_sum = time.monotonic(), 0.0
    model.train()
    for step, batch in enumerate(plan, 1):
        inputs = batches.collate([ids[i] for i in batch])
        alone = rng.random() < args.wide_drop
        logits = model.deep(*inputs) if alone else model(*inputs)
        loss = loss_of(logits, labels[batch], None if teacher is None else teacher[batch], args)
        optimisers.step(loss)
        loss_sum += loss.item()
        if step > (1 - AVERAGED) * steps and step % SNAPSHOT_EVERY == 0:
            average.add(model)
        if step % 100 == 0:
            note = f"step {step}/{steps} loss {loss_sum / 100:.4f} {time.monotonic() - started:.0f} s"
            if step % 1000 == 0:
                note += f" dev {batches.accuracy(batches.logits(model, dev[0]), dev[1]):.4f}"
            print(note, flush=True)
            loss_sum = 0.0
    average.add(model)
    average.put_into(model)
    return time.monotonic() - started


def best_temperature(logits, labels):
    """By which the logits have to be divided for the likeliest labels (Guo et al., 2017)."""
    labels = torch.as_tensor(labels)
    return min((t / 100 for t in range(50, 400)), key=lambda t: functional.cross_entropy(logits / t, labels).item())


def cool(model, temperature):
    """Divides the logits by a temperature, in the weights."""
    with torch.no_grad():
        for weights in (model.head.weight, model.head.bias, *(table.weight for table in (model.wide.ones, model.wide.pairs, model.wide.triples))):
            weights /= temperature


def figures(model, held, tokenizer):
    """{set: rows, accuracy, calibration error}, of the model as it is."""
    out = {}
    for name, rows in held.items():
        logits = batches.logits(model, [tokenizer.encode(text, network.SHAPE["positions"]) for _, text in rows])
        labels = [label for label, _ in rows]
        out[name] = {"rows": len(rows), "accuracy": round(batches.accuracy(logits, labels), 4),
                     "calibrationError": round(batches.calibration_error(torch.softmax(logits, dim=1), labels), 4)}
    return out


def write_package(model, vocab, tokenizer, calibration, args):
    """The int8 package in OUT; the fp32 one beside it in OUT.fp32, to compare it with."""
    def logits(texts):
        return [batches.logits(model, [tokenizer.encode(text, network.SHAPE["positions"])])[0].tolist() for text in texts]

    out, whole = pathlib.Path(args.out), pathlib.Path(args.out + ".fp32")
    known = [text for text, _ in known_texts.KNOWN]
    answers = package.known_answers(known, logits(known), package.SENTIMENT)
    if not answers:
        raise SystemExit("the model is undecided about every known text: train it longer before it becomes a package")
    ranges = quantize.InputRanges(model).measure(lambda: logits(calibration))
    common = dict(max_length=network.SHAPE["positions"], lower_case=True)
    shutil.rmtree(whole, ignore_errors=True)
    whole.mkdir(parents=True)
    package.export_onnx(model, whole / "model.onnx")
    package.write(whole, vocab, answers, version=args.version + "-fp32", **common)
    out.mkdir(parents=True, exist_ok=True)
    quantize.quantize(whole / "model.onnx", out / "model.onnx", ranges)
    package.store_as_half(out / "model.onnx")
    package.write(out, vocab, answers, version=args.version, **common)


def main():
    args = arguments()
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    data = corpus.Corpora(args.corpora)
    encoder = torch.load(args.encoder)
    vocab = encoder["vocab"]
    tokenizer = BertTokenizer(vocab)
    rows = list(data.train)
    if args.teachers:
        rows += [(-1, text) for text in data.unlabeled]
    random.Random(args.seed).shuffle(rows)
    rows = rows[: args.limit]
    ids = [tokenizer.encode(text, network.SHAPE["positions"]) for _, text in rows]
    labels = torch.tensor([label for label, _ in rows])
    model = network.Classifier(len(vocab), **network.SHAPE)

    teacher = None
    for path in args.teachers:
        model.load_state_dict(torch.load(path)["model"])
        said = torch.softmax(batches.logits(model, ids), dim=1) / len(args.teachers)
        teacher = said if teacher is None else teacher + said
    if teacher is not None:
        torch.manual_seed(args.seed)
        model = network.Classifier(len(vocab), **network.SHAPE)
    model.encoder.load_state_dict(encoder["encoder"])

    def encoded(rows):
        return [tokenizer.encode(text, network.SHAPE["positions"]) for _, text in rows], [label for label, _ in rows]

    seconds = train(model, ids, labels, teacher, encoded(data.held["chnsenticorp_dev"]), args)
    tuning = encoded(data.tuning)
    temperature = best_temperature(batches.logits(model, tuning[0]), tuning[1])
    cool(model, temperature)
    print(f"temperature {temperature}", flush=True)
    if args.save:
        torch.save({"model": model.state_dict(), "arguments": vars(args)}, args.save)
    found = figures(model, data.held, tokenizer)
    print(json.dumps(found, indent=2), flush=True)
    if args.out:
        write_package(model, vocab, tokenizer, [text for _, text in data.tuning[:: max(1, len(data.tuning) // CALIBRATION_TEXTS)]], args)
        plain = {k: v for k, v in vars(args).items() if k not in ("corpora", "out", "save", "encoder", "teachers")}
        (pathlib.Path(args.out) / "training.json").write_text(json.dumps({
            "arguments": {**plain, "teachers": len(args.teachers)}, "texts": len(rows), "seconds": round(seconds), "temperature": temperature,
            "torch": torch.__version__, "heldBack": found}, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
