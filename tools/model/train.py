#!/usr/bin/env python3
"""Trains the default sentiment classifier on a pre-trained encoder.

    nice python3 tools/model/train.py --corpora FOLDER --encoder work/encoder.pt --out models/default

A package that this program wrote can be trained on, with more texts or others:

    nice python3 tools/model/train.py --corpora FOLDER --start models/default --passes 0.6 --rate 1.5e-4 --table-rate 3e-4 --warmup 100 --out work/model

Weights are averaged over the last part of the training. The wide part is fitted by itself (wide.py); how the two parts are added up, and with
it the calibration of the scores, is fitted on texts that neither was trained on. *_dev.tsv is used for figures only. No text goes into the package.

Slower and a little better, with teachers that are trained first (distillation, Hinton et al., 2015):

    nice python3 tools/model/train.py --corpora FOLDER --encoder work/encoder.pt --save work/teacher-1.pt --seed 1
    nice python3 tools/model/train.py --corpora FOLDER --encoder work/encoder.pt --teachers work/teacher-*.pt --out models/default

Needs Debian's python3-torch, python3-onnx and libopenblas0-pthread (without it a pass takes ten times as long).
"""

import argparse
import json
import pathlib
import random
import shutil
import sys
import time

import blas

blas.one_thread()
import torch  # noqa: E402
from torch.nn import functional  # noqa: E402

import batches
import contrasts
import corpus
import distil
import known_texts
import network
import package
import parallel
import quantize
import unpack
import wide
from bert_tokenizer import BertTokenizer
from optimisers import AVERAGED, SNAPSHOT_EVERY, Average, Optimisers

CALIBRATION_TEXTS = 500
SPECIAL = len(corpus.SPECIAL_TOKENS)
MASK = corpus.SPECIAL_TOKENS.index("[MASK]")


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--corpora", required=True, help="folder of label<TAB>text files")
    p.add_argument("--encoder", help="what pretrain.py wrote")
    p.add_argument("--start", help="package that this program wrote, to train on from there; its vocabulary stays")
    p.add_argument("--deep", help="what distil.py or --save wrote: the deep part is trained already")
    p.add_argument("--save", help="file for the weights of the deep part, to be a teacher or another day's --deep")
    p.add_argument("--teachers", nargs="*", default=[], help="files that --save wrote")
    p.add_argument("--out", help="folder of the model package to write")
    p.add_argument("--version", default="4", help="model version named in every answer")
    p.add_argument("--passes", type=float, default=2.0)
    p.add_argument("--tokens", type=int, default=4096, help="padded tokens in a batch of one process")
    p.add_argument("--rate", type=float, default=3e-4)
    p.add_argument("--table-rate", type=float, default=1e-3)
    p.add_argument("--warmup", type=int, default=200)
    p.add_argument("--smoothing", type=float, default=0.05, help="label smoothing")
    p.add_argument("--teacher-share", type=float, default=0.7, help="weight of what the teachers say where there is a label too")
    p.add_argument("--token-drop", type=float, default=0.1, help="share of the tokens that the encoder does not see while it learns")
    p.add_argument("--contrasts", type=int, default=12000, help="sentences of contrasts.py to train on beside the texts")
    p.add_argument("--wide-penalty", type=float, default=1.0, help="on the squared weights of the wide part")
    p.add_argument("--seed", type=int, default=20)
    p.add_argument("--processes", type=int, default=2, help="one a core")
    p.add_argument("--limit", type=int, help="texts to train on (a trial)")
    args = p.parse_args()
    if sum(given is not None for given in (args.encoder, args.start, args.deep)) != 1:
        p.error("say either --encoder, --start or --deep")
    return args


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
    plan = batches.passes([len(row) for row in ids], args.tokens, args.passes, random.Random(args.seed))
    steps = len(plan) // args.processes
    gradients = parallel.Gradients(model, args.processes, args.tokens)
    print(f"{len(ids)} texts, {steps} steps, {sum(p.numel() for p in model.parameters())} parameters", flush=True)

    def work(rank):
        torch.manual_seed(args.seed * args.processes + rank)
        optimisers = Optimisers(model, args.rate, args.table_rate, steps, args.warmup)
        average = Average()
        started, loss_sum = time.monotonic(), 0.0
        model.train()
        for step in range(1, steps + 1):
            batch = plan[(step - 1) * args.processes + rank]
            inputs, mask, types = batches.collate([ids[i] for i in batch])
            inputs[(torch.rand(inputs.shape) < args.token_drop) & (inputs >= SPECIAL)] = MASK
            loss = loss_of(model.deep(inputs, mask, types), labels[batch], None if teacher is None else teacher[batch], args)
            optimisers.step(loss, lambda: gradients.average(rank))
            loss_sum += loss.item()
            if rank:
                continue
            if step > (1 - AVERAGED) * steps and step % SNAPSHOT_EVERY == 0:
                average.add(model)
            if step % 100 == 0:
                note = f"step {step}/{steps} loss {loss_sum / 100:.4f} {time.monotonic() - started:.0f} s"
                if step % 500 == 0:
                    note += f" dev {batches.accuracy(batches.logits(model, dev[0], deep=True), dev[1]):.4f}"
                print(note, flush=True)
                loss_sum = 0.0
        if rank == 0:
            average.add(model)
            average.put_into(model)
        return time.monotonic() - started

    return parallel.run(args.processes, work)


def mix(model, ids, labels):
    """Scales the two parts and adds a bias so that the labels become as likely as they can be (platt scaling, with a factor for each part), in
    the weights. Returns the three numbers: factor of the deep part, of the wide part, bias."""
    whole, deep = (batches.logits(model, ids, deep=alone).double().diff(dim=1)[:, 0] for alone in (False, True))
    parts = torch.stack([deep, whole - deep, torch.ones_like(deep)], dim=1)
    factors = torch.tensor([1.0, 0.0, 0.0], dtype=torch.double, requires_grad=True)
    solver = torch.optim.LBFGS([factors], max_iter=200, line_search_fn="strong_wolfe")
    expected = torch.as_tensor(labels).double()

    def loss():
        solver.zero_grad()
        found = functional.binary_cross_entropy_with_logits(parts @ factors, expected)
        found.backward()
        return found

    solver.step(loss)
    of_deep, of_wide, bias = factors.tolist()
    with torch.no_grad():
        model.head.weight *= of_deep
        model.head.bias *= of_deep
        model.head.bias += network.both_ways(torch.tensor([bias]))[0]
        model.wide.scale(of_wide)
    return of_deep, of_wide, bias


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
    data = corpus.Corpora(args.corpora)
    encoder = torch.load(args.encoder) if args.encoder else None
    if encoder:
        vocab = encoder["vocab"]
    elif args.start:
        vocab = unpack.vocabulary(args.start)
    else:
        vocab = corpus.build_vocabulary(data.texts, *distil.VOCABULARY)
    tokenizer = BertTokenizer(vocab)
    rows = data.train + contrasts.make(args.contrasts, args.seed, leave_out=contrasts.phenomena())
    if args.teachers:
        rows += [(-1, text) for text in data.unlabeled]
    random.Random(args.seed).shuffle(rows)
    rows = rows[: args.limit]
    ids = [tokenizer.encode(text, network.SHAPE["positions"]) for _, text in rows]
    labels = torch.tensor([label for label, _ in rows])
    model = network.Classifier(len(vocab), **network.SHAPE)

    teacher = None
    for path in args.teachers:
        distil.load_deep(model, path)
        said = torch.softmax(batches.logits(model, ids, deep=True), dim=1) / len(args.teachers)
        teacher = said if teacher is None else teacher + said
    if teacher is not None:
        torch.manual_seed(args.seed)
        model = network.Classifier(len(vocab), **network.SHAPE)
    if encoder:
        network.MaskedLanguageModel(model.encoder).load_state_dict(encoder["model"])
    elif args.start:
        distil.put_deep(model, unpack.deep_state(args.start))
    else:
        distil.load_deep(model, args.deep)

    def encoded(rows):
        return [tokenizer.encode(text, network.SHAPE["positions"]) for _, text in rows], [label for label, _ in rows]

    dev = data.held.get("chnsenticorp_dev") or [row for rows in data.held.values() for row in rows]
    seconds = train(model, ids, labels, teacher, encoded(dev), args) if not args.deep else 0
    if args.save:  # as trained, not as mixed: --deep makes the same package of it
        torch.save(network.deep_state(model), args.save)
    tuning = encoded(data.tuning)
    labelled = [i for i, label in enumerate(labels.tolist()) if label >= 0]
    posts = torch.tensor([rows[i][1] in data.posts for i in labelled])
    wide.fit(model.wide, [ids[i] for i in labelled], labels[labelled], args.wide_penalty, posts)
    mixture = dict(zip(("deep", "wide", "bias"), (round(x, 4) for x in mix(model, *tuning))))
    print(f"mixture {mixture}", flush=True)
    found = figures(model, data.held, tokenizer)
    print(json.dumps(found, indent=2), flush=True)
    if args.out:
        write_package(model, vocab, tokenizer, [text for _, text in data.tuning[:: max(1, len(data.tuning) // CALIBRATION_TEXTS)]], args)
        start = {"start": unpack.identity(args.start)} if args.start else {}
        plain = {k: v for k, v in vars(args).items() if k not in ("corpora", "out", "save", "encoder", "start", "deep", "teachers")}
        (pathlib.Path(args.out) / "training.json").write_text(json.dumps({
            "arguments": {**plain, "teachers": len(args.teachers)}, **start, "texts": len(rows), "seconds": round(seconds), "mixture": mixture,
            "torch": torch.__version__, "heldBack": found}, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
