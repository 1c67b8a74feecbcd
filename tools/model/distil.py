#!/usr/bin/env python3
"""Trains the deep part of the default model on a CUDA device: a large teacher and the small network are pre-trained as masked language models on
the same texts, the teacher is trained on the labels several times over, and the small network on what those teachers say.

    python3 tools/model/distil.py prepare --corpora FOLDER --out work/texts.npz        # tokens, labels and splits; needs no device
    python3 tools/model/distil.py run work/texts.npz --out work/distilled              # on the device: torch 2 and numpy, nothing else
    python3 tools/model/train.py --corpora FOLDER --deep work/distilled/student.pt --out models/default

A longer pre-training in pieces, and the student once more on what came out:

    python3 tools/model/distil.py pretrain work/texts.npz --out work/distilled --start work/distilled/student.encoder.pt --student-pretraining 9 --seed 21
    python3 tools/model/distil.py learn work/texts.npz --out work/distilled --name student-2

The student reads parts of texts and hides some of their tokens; the teachers say what they think of each such part, so there are always new ones to
learn from (Jiao et al., TinyBERT, 2019, augment texts for the same reason). Weights move in 16-bit floats through the products and in 32 bits
elsewhere. Sums on a device are not in the same order every time: two runs differ in the last digits, and what that makes of the figures is printed with
--replicas 2.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import time

import numpy
import torch
from torch.nn import functional

import corpus
import network
from optimisers import AVERAGED, SNAPSHOT_EVERY, Average
from pretrain import mask

TEACHER = dict(network.SHAPE, hidden=512, layers=8, heads=8, inner=2048)
CLS, SEP = (corpus.SPECIAL_TOKENS.index(name) for name in ("[CLS]", "[SEP]"))
HIDDEN = corpus.SPECIAL_TOKENS.index("[MASK]")
SPECIAL = len(corpus.SPECIAL_TOKENS)
VOCABULARY = (3, 100)  # as pretrain.py's: least characters, least words
WINDOW = 16384  # texts sorted by length together
WHOLE = 1022  # tokens of a text that are kept


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = p.add_subparsers(dest="command", required=True)
    c = commands.add_parser("prepare")
    c.add_argument("--corpora", required=True)
    c.add_argument("--out", required=True)
    for name in ("run", "pretrain", "teach", "learn"):  # the last three are what run starts
        c = commands.add_parser(name)
        c.add_argument("texts", help="what prepare wrote")
        c.add_argument("--out", required=True, help="folder")
        c.add_argument("--name", default="student", help="of the network that pretrain, teach or learn is for")
        c.add_argument("--device", default="cuda")
        c.add_argument("--seed", type=int, default=20)
        c.add_argument("--teachers", type=int, default=2)
        c.add_argument("--replicas", type=int, default=1, help="how often the student is trained, with the same seed")
        c.add_argument("--tokens", type=int, default=32768, help="padded tokens in a batch of the pre-training; half of it later")
        c.add_argument("--teacher-pretraining", type=float, default=3.6, help="passes")
        c.add_argument("--student-pretraining", type=float, default=7.2, help="passes")
        c.add_argument("--teaching", type=float, default=1, help="passes of a teacher over the labels")
        c.add_argument("--learning", type=float, default=2, help="passes of the student over the teachers' answers")
        c.add_argument("--start", help="encoder that pretrain goes on with, at three quarters of the rate")
        c.add_argument("--limit", type=int, help="texts (a trial)")
    return p.parse_args()


def prepare(args):
    from bert_tokenizer import BertTokenizer

    data = corpus.Corpora(args.corpora)
    vocab = corpus.build_vocabulary(data.texts, *VOCABULARY)
    tokenizer = BertTokenizer(vocab)
    groups = [("train", data.train), ("train", [(-1, text) for text in data.unlabeled]), *data.held.items()]
    rows = [(name, label, tokenizer.encode(text, WHOLE + 2)[1:-1]) for name, part in groups for label, text in part]
    names = sorted({name for name, _, _ in rows})
    pathlib.Path(args.out).parent.mkdir(parents=True, exist_ok=True)
    numpy.savez_compressed(
        args.out, ids=numpy.concatenate([numpy.array(ids, numpy.uint16) for _, _, ids in rows]),
        lengths=numpy.array([len(ids) for _, _, ids in rows], numpy.int64), labels=numpy.array([label for _, label, _ in rows], numpy.int64),
        groups=numpy.array([names.index(name) for name, _, _ in rows], numpy.int64), about=json.dumps({"names": names, "vocab": vocab}))


class Texts:
    """All texts as one row of tokens on the device, without [CLS] and [SEP]."""

    def __init__(self, args):
        stored = numpy.load(args.texts)
        about = json.loads(str(stored["about"]))
        self.device, self.vocab = args.device, about["vocab"]
        self.ids = torch.from_numpy(stored["ids"].astype(numpy.int64)).to(args.device)
        self.lengths, self.labels, groups = stored["lengths"], stored["labels"], stored["groups"]
        self.starts = numpy.concatenate([[0], numpy.cumsum(self.lengths)[:-1]])
        members = {name: numpy.flatnonzero((groups == i) & (self.lengths > 0)) for i, name in enumerate(about["names"])}
        self.train = numpy.random.RandomState(args.seed).permutation(members.pop("train"))[: args.limit]
        self.labelled = self.train[self.labels[self.train] >= 0]
        self.held = {name: rows[: args.limit] for name, rows in members.items()}

    def batch(self, rows, skip, lengths):
        """input_ids, attention_mask, token_type_ids, int64 [batch, seq]: of each row `lengths` tokens after the first `skip`."""
        length = -(-(int(lengths.max()) + 2) // 8) * 8  # what the attention's kernels like
        start, many = (torch.from_numpy(x).to(self.device, non_blocking=True) for x in (self.starts[rows] + skip, lengths))
        place = torch.arange(length, device=self.device)[None, :]
        inside = (place >= 1) & (place <= many[:, None])
        ids = self.ids[(start[:, None] + place - 1).clamp(0, len(self.ids) - 1)].masked_fill(~inside, 0)
        ids[:, 0] = CLS
        ids.scatter_(1, (many + 1)[:, None], SEP)
        return ids, (place <= many[:, None] + 1).long(), torch.zeros_like(ids)

    def plan(self, rows, passes, tokens, longest, seed):
        """Lists of rows, neighbours in length together, at most `tokens` padded tokens each."""
        rng = numpy.random.RandomState(seed)
        lengths = numpy.minimum(self.lengths, longest) + 2
        out, wanted = [], None
        while wanted is None or len(out) < wanted:
            order, fresh = rng.permutation(rows), []
            for at in range(0, len(order), WINDOW):
                window = order[at : at + WINDOW]
                window = window[numpy.argsort(lengths[window], kind="stable")]
                while len(window):
                    many = max(1, int((numpy.arange(1, len(window) + 1) * lengths[window] <= tokens).sum()))
                    fresh.append(window[:many])
                    window = window[many:]
            wanted = wanted or max(1, int(passes * len(fresh)))
            out += [fresh[i] for i in rng.permutation(len(fresh))]
        return out[:wanted]


class Steps:
    """AdamW with a linear warm-up and a linear end; prints losses; averages the last weights."""

    def __init__(self, model, rate, table_rate, steps, args, note):
        tables = [m.weight for m in model.modules() if isinstance(m, torch.nn.Embedding) and m.sparse]
        for m in model.modules():
            if isinstance(m, torch.nn.Embedding):
                m.sparse = False  # the device is faster with all rows than with the list of those that were touched
        ids = {id(p) for p in tables}
        dense = [p for p in model.parameters() if id(p) not in ids]
        self._optimiser = torch.optim.AdamW([
            {"params": [p for p in dense if p.dim() > 1], "weight_decay": 0.01, "lr": rate},
            {"params": [p for p in dense if p.dim() == 1], "weight_decay": 0.0, "lr": rate},
            {"params": tables, "weight_decay": 0.0, "lr": table_rate}], betas=(0.9, 0.98), **(dict(fused=True) if args.device == "cuda" else {}))
        warm = max(1, int(0.06 * steps))
        self._schedule = torch.optim.lr_scheduler.LambdaLR(self._optimiser, lambda i: min((i + 1) / warm, max(0.0, (steps - i) / (steps - warm + 1))))
        self._model, self._steps, self._name = model, steps, note
        self._done, self._loss, self._started = 0, 0.0, time.monotonic()
        self._average = Average()

    def step(self, loss):
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), 1.0)
        self._optimiser.step()
        self._schedule.step()
        self._loss = self._loss + loss.detach()
        self._done += 1
        if self._done > (1 - AVERAGED) * self._steps and (self._done % SNAPSHOT_EVERY == 0 or self._done == self._steps):
            self._average.add(self._model)
        if self._done % 200 == 0:
            print(f"{self._name} step {self._done}/{self._steps} loss {self._loss.item() / 200:.4f} {self.seconds:.0f} s", flush=True)
            self._loss = 0.0

    @property
    def seconds(self):
        return time.monotonic() - self._started

    def average(self):
        """Puts the mean of the last weights into the model."""
        self._average.put_into(self._model)
        print(f"{self._name} trained: {self._steps} steps in {self.seconds:.1f} s", flush=True)


def autocast(args):
    return torch.autocast(args.device, torch.bfloat16, enabled=args.device == "cuda")


def classifier(texts, name, dropout=None):
    shape = dict(network.SHAPE if name.startswith("student") else TEACHER, wide=8)  # the wide part is not trained here
    if dropout is not None:
        shape["dropout"] = dropout
    model = network.Classifier(len(texts.vocab), **shape).to(texts.device)
    model.wide.requires_grad_(False)
    return model


def load(model, path):
    model.load_state_dict(torch.load(path, map_location=next(model.parameters()).device))


def save(model, path):
    """In 16 bits, without the wide part."""
    torch.save({name: w.half().cpu() for name, w in network.deep_state(model).items()}, path)


def pretrain(args):
    """A masked language model; the encoder's weights in NAME.encoder.pt."""
    texts = Texts(args)
    student = args.name == "student"
    torch.manual_seed(args.seed)
    passes, rate, longest = (args.student_pretraining, 1.2e-3, 126) if student else (args.teacher_pretraining, 6e-4, 126)
    model = network.MaskedLanguageModel(classifier(texts, args.name, dropout=0.0 if student else 0.05).encoder).to(args.device)
    if args.start:
        load(model.encoder, args.start)
        rate *= 0.75
    plan = texts.plan(texts.train, passes, args.tokens, longest, args.seed)
    steps = Steps(model, rate, 3e-3, len(plan), args, f"{args.name} pre-training")
    generator = torch.Generator(args.device).manual_seed(args.seed)
    rng = numpy.random.RandomState(args.seed)
    model.train()
    right = count = 0
    for i, rows in enumerate(plan):
        lengths = numpy.minimum(texts.lengths[rows], longest)
        skip = (rng.rand(len(rows)) * (texts.lengths[rows] - lengths + 1)).astype(numpy.int64)  # of a long text another part every time
        inputs, attention, types = texts.batch(rows, skip, lengths)
        hidden, places, expected = mask(inputs, attention, len(texts.vocab), generator)
        with autocast(args):
            answers = model(hidden, attention, types, places)
        steps.step(functional.cross_entropy(answers.float(), expected))
        if i >= int(0.98 * len(plan)):
            right, count = right + (answers.argmax(dim=1) == expected).sum(), count + len(expected)
    print(f"{args.name} pre-trained: {int(right) / count:.4f} of the hidden tokens right, {len(plan)} steps in {steps.seconds:.1f} s", flush=True)
    save(model.encoder, pathlib.Path(args.out) / f"{args.name}.encoder.pt")


@torch.no_grad()
def answers(models, texts, rows, args):
    """Mean probabilities, float [rows, 2], of the whole texts."""
    out = torch.zeros(len(rows), 2)
    order = numpy.argsort(texts.lengths[rows], kind="stable")
    for at in range(0, len(order), 256):
        part = order[at : at + 256]
        with autocast(args):
            out[part] = say(models, *texts.batch(rows[part], 0, numpy.minimum(texts.lengths[rows[part]], 254))).cpu()
    return out


def say(models, *inputs):
    return torch.stack([torch.softmax(model.deep(*inputs).float(), dim=1) for model in models]).mean(dim=0)


def figures(models, texts, args, what):
    for model in models:
        model.eval()
    found, right, total = {}, 0, 0
    for name, rows in texts.held.items():
        good = (answers(models, texts, rows, args).argmax(dim=1).numpy() == texts.labels[rows]).sum()
        found[name] = round(float(good) / len(rows), 4)
        right, total = right + good, total + len(rows)
    print(f"{what}: chnsenticorp_dev {found.get('chnsenticorp_dev')}, all held back {right / total:.4f} {json.dumps(found)}", flush=True)


def drop(inputs, share):
    return inputs.masked_fill((torch.rand(inputs.shape, device=inputs.device) < share) & (inputs >= SPECIAL), HIDDEN)


def teach(args):
    """A teacher on the labels."""
    texts = Texts(args)
    number = int(args.name.removeprefix("teacher-"))
    torch.manual_seed(args.seed + number)
    model = classifier(texts, args.name)
    load(model.encoder, pathlib.Path(args.out) / "teacher.encoder.pt")
    plan = texts.plan(texts.labelled, args.teaching, args.tokens // 2, 254, args.seed + number)
    steps = Steps(model, 1.5e-4, 3e-4, len(plan), args, args.name)
    labels = torch.from_numpy(texts.labels).to(args.device)
    model.train()
    for rows in plan:
        inputs, attention, types = texts.batch(rows, 0, numpy.minimum(texts.lengths[rows], 254))
        with autocast(args):
            logits = model.deep(drop(inputs, 0.1), attention, types)
        steps.step(functional.cross_entropy(logits.float(), labels[torch.from_numpy(rows)], label_smoothing=0.05))
    steps.average()
    figures([model], texts, args, args.name)
    save(model, pathlib.Path(args.out) / f"{args.name}.pt")


def learn(args):
    """The student on the teachers' answers and the labels."""
    texts, out = Texts(args), pathlib.Path(args.out)
    torch.manual_seed(args.seed)
    teachers = [classifier(texts, "teacher") for _ in range(args.teachers)]
    for i, teacher in enumerate(teachers):
        load_deep(teacher, out / f"teacher-{i}.pt")
    if args.name == "student":
        figures(teachers, texts, args, "teachers together")
    for teacher in teachers:
        teacher.eval()
    torch.manual_seed(args.seed)
    model = classifier(texts, "student")
    load(model.encoder, out / "student.encoder.pt")
    plan = texts.plan(texts.train, args.learning, args.tokens // 2, 254, args.seed)
    steps = Steps(model, 6e-4, 1.5e-3, len(plan), args, args.name)
    labels = torch.from_numpy(texts.labels).to(args.device)
    rng = numpy.random.RandomState(args.seed)
    model.train()
    for i, rows in enumerate(plan):
        whole = numpy.minimum(texts.lengths[rows], 254)
        lengths, skip = whole, numpy.zeros(len(rows), numpy.int64)
        if i % 2:  # every other batch is of parts, which have no label of their own
            lengths = numpy.maximum(numpy.minimum(whole, 4), (whole * (0.25 + 0.7 * rng.rand(len(rows)))).astype(numpy.int64))
            skip = (rng.rand(len(rows)) * (texts.lengths[rows] - lengths + 1)).astype(numpy.int64)
        inputs, attention, types = texts.batch(rows, skip, lengths)
        with autocast(args):
            with torch.no_grad():
                taught = say(teachers, inputs, attention, types)
            logits = model.deep(drop(inputs, 0.1), attention, types).float()
        loss = -(taught * functional.log_softmax(logits, dim=1)).sum(dim=1).mean()
        if i % 2 == 0:
            label = labels[torch.from_numpy(rows)]
            loss = 0.7 * loss + 0.3 * functional.cross_entropy(logits, label, label_smoothing=0.05, ignore_index=-1)
        steps.step(loss)
    steps.average()
    figures([model], texts, args, args.name)
    save(model, out / f"{args.name}.pt")
    (out / "vocab.json").write_text(json.dumps(texts.vocab, ensure_ascii=False), encoding="utf-8")


def load_deep(model, path):
    """What save wrote, or train.py --save."""
    put_deep(model, {name: w.float() for name, w in torch.load(path, map_location="cpu").items()})


def put_deep(model, state):
    """state: as network.deep_state."""
    missing = model.load_state_dict(state, strict=False)
    assert not missing.unexpected_keys and all(name.startswith("wide.") for name in missing.missing_keys), missing


def run(args):
    out = pathlib.Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    given = sys.argv[sys.argv.index("run") + 1 :]

    def together(*stages):
        children = [subprocess.Popen([sys.executable, __file__, command, *given, "--name", name]) for command, name in stages]
        if any([child.wait() for child in children]):
            raise SystemExit("a stage failed")
        print(f"{', '.join(name for _, name in stages)} done after {time.monotonic() - started:.0f} s", flush=True)

    together(("pretrain", "teacher"), ("pretrain", "student"))
    together(*(("teach", f"teacher-{i}") for i in range(args.teachers)))
    together(*(("learn", "student" if i == 0 else f"student-{i + 1}") for i in range(args.replicas)))
    plain = {k: v for k, v in vars(args).items() if k not in ("command", "texts", "out", "name")}
    (out / "distil.json").write_text(json.dumps({"arguments": plain, "seconds": round(time.monotonic() - started), "torch": torch.__version__}))


if __name__ == "__main__":
    parsed = arguments()
    globals()[parsed.command](parsed)
