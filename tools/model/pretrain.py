#!/usr/bin/env python3
"""Pre-trains the encoder as a masked language model on every text of the corpora, labels unread.

    nice python3 tools/model/pretrain.py --corpora FOLDER --out work/encoder.pt

Goes on where it was when it is started again (OUT.state). A longer pre-training in pieces, each with a warm-up of its own:

    nice python3 tools/model/pretrain.py --corpora FOLDER --start work/encoder.pt --seed 21 --out work/encoder-2.pt

Needs Debian's python3-torch and libopenblas0-pthread.
"""

import argparse
import pathlib
import random
import sys
import time

import blas

blas.one_thread()
import torch  # noqa: E402

import batches
import corpus
import network
import parallel
from bert_tokenizer import BertTokenizer
from optimisers import Optimisers

MASKED = 0.2
SPANS = (0.5, 0.3, 0.2)  # shares of runs of one, two and three tokens
SPECIAL = len(corpus.SPECIAL_TOKENS)
SAVE_EVERY = 500
WHOLE = 1024  # tokens of a text that are kept


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--corpora", required=True)
    p.add_argument("--out", required=True, help="file for the encoder and its vocabulary")
    p.add_argument("--start", help="what an earlier pre-training wrote; its vocabulary stays")
    p.add_argument("--passes", type=float, default=2.5)
    p.add_argument("--tokens", type=int, default=4096, help="padded tokens in a batch of one process")
    p.add_argument("--rate", type=float, default=8e-4)
    p.add_argument("--table-rate", type=float, default=3e-3)
    p.add_argument("--warmup", type=int, default=200)
    p.add_argument("--max-length", type=int, default=128, help="of a longer text each pass reads another part")
    p.add_argument("--min-characters", type=int, default=3)
    p.add_argument("--min-words", type=int, default=100)
    p.add_argument("--seed", type=int, default=20)
    p.add_argument("--processes", type=int, default=2, help="one a core")
    return p.parse_args()


def mask(ids, attention_mask, vocab, generator):
    """Masked ids, the places, and what stood there. Runs of one to three tokens are masked, as words are (whole-word masking, Cui et al.,
    2019): a single character is mostly told by its neighbours. Of ten runs eight become [MASK], one other tokens, one stays."""
    starts_at = torch.rand(ids.shape, generator=generator, device=ids.device) < MASKED / sum(n * share for n, share in enumerate(SPANS, 1))
    length = torch.rand(ids.shape, generator=generator, device=ids.device)
    kind = torch.rand(ids.shape, generator=generator, device=ids.device)
    places, kinds = starts_at.clone(), torch.where(starts_at, kind, torch.ones((), device=ids.device))
    for n in (1, 2):
        reaches = starts_at[:, :-n] & (length[:, :-n] >= sum(SPANS[:n]))
        places[:, n:] |= reaches
        kinds[:, n:] = torch.where(reaches, kind[:, :-n], kinds[:, n:])
    places &= (ids >= SPECIAL) & attention_mask.bool()
    masked = ids.clone()
    masked[places & (kinds < 0.8)] = corpus.SPECIAL_TOKENS.index("[MASK]")
    other = places & (kinds >= 0.8) & (kinds < 0.9)
    masked[other] = torch.randint(SPECIAL, vocab, (int(other.sum()),), generator=generator, device=ids.device)
    return masked, places, ids[places]


def part(row, length, rng):
    """`length` of the tokens of a text, [CLS] and [SEP] still at the ends."""
    if len(row) <= length:
        return row
    start = rng.randint(1, len(row) - length + 1)
    return [row[0], *row[start : start + length - 2], row[-1]]


def main():
    args = arguments()
    torch.manual_seed(args.seed)
    texts = corpus.Corpora(args.corpora).texts
    start = torch.load(args.start) if args.start else None
    vocab = start["vocab"] if start else corpus.build_vocabulary(texts, args.min_characters, args.min_words)
    tokenizer = BertTokenizer(vocab)
    ids = [tokenizer.encode(text, WHOLE) for text in texts]
    lengths = [min(len(row), args.max_length) for row in ids]
    plan = batches.passes(lengths, args.tokens, args.passes, random.Random(args.seed))
    steps = len(plan) // args.processes
    classifier = network.Classifier(len(vocab), **{**network.SHAPE, "dropout": 0.0})
    model = network.MaskedLanguageModel(classifier.encoder)
    if start:
        model.load_state_dict(start["model"])
    gradients = parallel.Gradients(model, args.processes, args.tokens)
    out = pathlib.Path(args.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    saved = out.with_name(out.name + ".state")
    print(f"{len(ids)} texts, {sum(lengths)} tokens, {len(vocab)} in the vocabulary, {steps} steps", flush=True)

    def work(rank):
        optimisers = Optimisers(model, args.rate, args.table_rate, steps, args.warmup)
        first, before = 0, 0.0
        if saved.is_file():
            state = torch.load(saved)
            model.load_state_dict(state["model"])
            optimisers.load_state_dict(state["optimisers"])
            first, before = state["step"], state["seconds"]
        generator = torch.Generator()
        started, loss_sum, right, count = time.monotonic() - before, 0.0, 0, 0
        model.train()
        for step in range(first, steps):
            number = step * args.processes + rank
            # Chance by step, not by what came before: so it goes on the same after a restart.
            rng = random.Random(f"{args.seed} {number}")
            generator.manual_seed(rng.getrandbits(62))
            inputs, attention, types = batches.collate([part(ids[i], args.max_length, rng) for i in plan[number]])
            masked, places, expected = mask(inputs, attention, len(vocab), generator)
            answers = model(masked, attention, types, places)
            loss = torch.nn.functional.cross_entropy(answers, expected)
            optimisers.step(loss, lambda: gradients.average(rank))
            loss_sum += loss.item()
            right += (answers.argmax(dim=1) == expected).sum().item()
            count += len(expected)
            if rank == 0 and (step + 1) % 100 == 0:
                print(f"step {step + 1}/{steps} loss {loss_sum / 100:.4f} right {right / count:.4f} {time.monotonic() - started:.0f} s", flush=True)
                loss_sum, right, count = 0.0, 0, 0
            if rank == 0 and (step + 1) % SAVE_EVERY == 0:
                partial = saved.with_name(saved.name + ".partial")
                torch.save({"model": model.state_dict(), "optimisers": optimisers.state_dict(), "step": step + 1,
                            "seconds": time.monotonic() - started}, partial)
                partial.replace(saved)
        return time.monotonic() - started

    seconds = parallel.run(args.processes, work)
    torch.save({"model": model.state_dict(), "vocab": vocab, "arguments": vars(args), "seconds": seconds}, out)


if __name__ == "__main__":
    sys.exit(main())
