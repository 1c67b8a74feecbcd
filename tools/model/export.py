#!/usr/bin/env python3
"""Turns a checkpoint folder of a BERT-shaped classifier into three model packages: OUT/fp32, OUT/int8 and OUT/fp16.

    python3 tools/model/export.py nlp_structbert_sentiment-classification_chinese-base models/structbert

FOLDER is what ModelScope or Hugging Face ship: pytorch_model.bin or model.safetensors, config.json, vocab.txt, label files. Nothing
in it is executed. int8 is for CPUs, fp16 for CUDA devices. The known answers of all packages are torch's; they are checked through the service's own
engine at the end. Needs
Debian's python3-torch and python3-onnx.
"""

import argparse
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys

import blas  # noqa: F401 (before torch)
import torch

import bert
import checkpoint
import checkpoint_keys
import half
import known_texts
import labels as label_names
import package
import quantize
from bert_tokenizer import BertTokenizer
from checkpoint import CheckpointRefused

MOST_TOKENS = 512
INT8_TOLERANCE = 0.05
NAMES = ("fp32", "int8", "fp16")
LEAST_SENSIBLE = 0.7  # share of the known texts of which a sentiment model says what people would
ROOT = pathlib.Path(__file__).resolve().parents[2]


def arguments(argv=None):
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("folder", help="checkpoint folder")
    p.add_argument("out", help="folder for the packages fp32, int8 and fp16; what is there is replaced")
    p.add_argument("--labels", help="labels in the order of the logits, such as 负面=negative,正面=positive, where the folder does not say")
    p.add_argument("--texts", help="real texts for the ranges of the int8 model, one a line, with or without a label and a tab before it")
    p.add_argument("--max-texts", type=int, default=500, help="most texts taken from --texts (default 500)")
    p.add_argument("--max-length", type=int, help=f"longest text in tokens (default: the model's positions, {MOST_TOKENS} at most)")
    p.add_argument("--name", default="sentiment", help="model name in answers (default sentiment)")
    p.add_argument("--version", help="model version in answers (default: start of the weights' sha256)")
    p.add_argument("--any-answers", action="store_true",
                   help="do not ask whether the answers to the known texts make sense: for a model that is not about sentiment")
    p.add_argument("--no-check", action="store_true", help="do not check the packages through the service's engine")
    return p.parse_args(argv)


class Checkpoint:
    """A folder, read and understood: the network with its weights, vocabulary, labels, settings."""

    def __init__(self, folder, given_labels=None, max_length=None):
        folder = pathlib.Path(folder)
        if not folder.is_dir():
            raise CheckpointRefused(f"{folder} is no folder")
        config = _json(folder / "config.json")
        settings = _json(folder / "tokenizer_config.json", optional=True)
        self.files = checkpoint.weights_files(folder)
        found = checkpoint.read(folder)
        names, layers = checkpoint_keys.canonical(found)
        weights = {key: found[name] for key, name in names.items()}
        self.shape = bert.shape_of(weights, layers, config)
        if self.shape["labels"] < 2:
            raise CheckpointRefused("the classifier has one row: that is a score, not a label")
        self.labels, self.labels_from = label_names.look_up(folder, self.shape["labels"], given_labels)
        self.model = bert.load(weights, self.shape)
        self.lower_case = bool(settings.get("do_lower_case", True))  # BertTokenizer's default, as in both libraries
        _refuse_other_tokenizers(settings, self.lower_case)
        self.vocab = _vocabulary(folder / "vocab.txt", self.shape["vocab"])
        self.tokenizer = BertTokenizer(self.vocab, self.lower_case)
        self.max_length = max_length or min(MOST_TOKENS, self.shape["positions"])
        if not 3 <= self.max_length <= self.shape["positions"]:
            raise CheckpointRefused(f"--max-length is {self.max_length}, the model has {self.shape['positions']} positions")

    @torch.no_grad()
    def logits(self, texts):
        """[[float, …], …], each text alone and without padding."""
        rows = []
        for text in texts:
            ids = torch.tensor([self.tokenizer.encode(text, self.max_length)])
            rows.append(self.model(ids, torch.ones_like(ids), torch.zeros_like(ids))[0].tolist())
        return rows


def _json(path, optional=False):
    if optional and not path.is_file():
        return {}
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as e:
        raise CheckpointRefused(f"{path} is missing") from e
    except ValueError as e:
        raise CheckpointRefused(f"{path} is not JSON: {e}") from e
    if not isinstance(value, dict):
        raise CheckpointRefused(f"{path} is no JSON object")
    return value


def _refuse_other_tokenizers(settings, lower_case):
    if settings.get("strip_accents") not in (None, lower_case):
        raise CheckpointRefused(f"tokenizer_config.json has strip_accents {settings['strip_accents']} with do_lower_case {lower_case}: the "
                                "service strips accents exactly when it lower-cases")
    if settings.get("tokenize_chinese_chars", True) is not True:
        raise CheckpointRefused("tokenizer_config.json has tokenize_chinese_chars off: the service always makes a word of each")


def _vocabulary(path, rows):
    try:
        vocab = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    except FileNotFoundError as e:
        raise CheckpointRefused(f"{path} is missing: the service needs a WordPiece vocabulary, one token a line") from e
    missing = [token for token in ("[PAD]", "[UNK]", "[CLS]", "[SEP]") if token not in vocab]
    if missing:
        raise CheckpointRefused(f"{path} lacks {', '.join(missing)}")
    if len(vocab) > rows:
        raise CheckpointRefused(f"{path} has {len(vocab)} tokens, the model has {rows}: it belongs to another model")
    return vocab


def refuse_nonsense(labels, logits):
    """A model with its labels the wrong way round, or with a classifier that was never trained, answers as fast as any other."""
    apis = [label["api"] for label in labels]
    if not {"positive", "negative"} <= set(apis):
        raise CheckpointRefused(f"the labels are {', '.join(apis)}, without positive and negative: say --any-answers if this model is not "
                                "about sentiment")
    right = sum(apis[row.index(max(row))] == ("positive" if positive else "negative")
                for row, (_, positive) in zip(logits, known_texts.KNOWN))
    if right < LEAST_SENSIBLE * len(known_texts.KNOWN):
        raise CheckpointRefused(
            f"of {len(known_texts.KNOWN)} plainly positive or negative texts the model says the right thing of {right}: are the labels the "
            "wrong way round (--labels), has the classifier been trained? Say --any-answers if this model is not about sentiment")


def calibration_texts(path, most):
    if path is None:
        return known_texts.CALIBRATION
    with open(path, encoding="utf-8") as f:
        texts = [line.rstrip("\n").split("\t")[-1] for line in f]
    texts = [text for text in texts if text.strip()]
    if not texts:
        raise CheckpointRefused(f"{path} has no text")
    return texts[:: max(1, len(texts) // most)][:most]  # from all of the file: it may be sorted


def main(argv=None):
    args = arguments(argv)
    try:
        export(args)
    except CheckpointRefused as e:
        print(f"refused: {e}", file=sys.stderr)
        return 1
    return 0 if args.no_check else check(args.out)


def export(args):
    source = Checkpoint(args.folder, args.labels, args.max_length)
    known = [text for text, _ in known_texts.KNOWN]
    logits = source.logits(known)
    if not args.any_answers:
        refuse_nonsense(source.labels, logits)
    answers = package.known_answers(known, logits, source.labels)
    if not answers:
        raise CheckpointRefused("the model is undecided about every known text: has its classifier been trained?")
    shape = source.shape
    print(f"weights     {', '.join(f.name for f in source.files)}")
    print(f"shape       {shape['layers']} layers × {shape['hidden']}, {shape['heads']} heads, {shape['vocab']} tokens, {shape['activation']}")
    print(f"labels      {', '.join(l['name'] + ' = ' + l['api'] for l in source.labels)} (from {source.labels_from})")
    print(f"tokenizer   {'lower-cased, accents stripped' if source.lower_case else 'cased'}, at most {source.max_length} tokens", flush=True)

    version = args.version or _version(source.files)
    common = dict(max_length=source.max_length, lower_case=source.lower_case, labels=source.labels, name=args.name)
    with Replacing(pathlib.Path(args.out) / "fp32") as folder:
        package.export_onnx(source.model, folder / "model.onnx")
        package.write(folder, source.vocab, answers, version=f"{version}-fp32", **common)
    texts = calibration_texts(args.texts, args.max_texts)
    ranges = quantize.InputRanges(source.model).measure(lambda: source.logits(texts))
    with Replacing(pathlib.Path(args.out) / "int8") as folder:
        products, tables = quantize.quantize(pathlib.Path(args.out) / "fp32" / "model.onnx", folder / "model.onnx", ranges)
        rough = [{**answer, "tolerance": INT8_TOLERANCE} for answer in answers]
        package.write(folder, source.vocab, rough, version=f"{version}-int8", **common)
    print(f"int8        {products} products and {tables} tables, ranges from {len(texts)} texts")
    with Replacing(pathlib.Path(args.out) / "fp16") as folder:
        weights = half.to_half(pathlib.Path(args.out) / "fp32" / "model.onnx", folder / "model.onnx")
        package.write(folder, source.vocab, answers, version=f"{version}-fp16", **common)
    print(f"fp16        {weights} weights")
    for name in NAMES:
        size = sum(f.stat().st_size for f in (pathlib.Path(args.out) / name).iterdir())
        print(f"{name:<12}{size / 1e6:.1f} MB in {pathlib.Path(args.out) / name}", flush=True)


def _version(files):
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


class Replacing:
    """A folder to write to; it takes its name when everything is in it."""

    def __init__(self, final):
        self.final, self.partial = final, final.with_name(final.name + ".partial")

    def __enter__(self):
        shutil.rmtree(self.partial, ignore_errors=True)
        self.partial.mkdir(parents=True)
        return self.partial

    def __exit__(self, kind, *_):
        if kind is None:
            shutil.rmtree(self.final, ignore_errors=True)
            self.partial.rename(self.final)
        else:
            shutil.rmtree(self.partial, ignore_errors=True)


def check(out):
    """Asks the known answers through the engine that will serve them."""
    for name in NAMES:
        print(f"\n./evergrain model check {pathlib.Path(out) / name}", flush=True)
        code = subprocess.call([str(ROOT / "evergrain"), "model", "check", str(pathlib.Path(out).resolve() / name)])
        if code:
            return code
    print(f"\nTo serve it: 'path: {pathlib.Path(out) / 'int8'}' under 'model' in evergrain.yaml (fp16 on CUDA devices).")
    return 0


if __name__ == "__main__":
    sys.exit(main())
