#!/usr/bin/env python3
"""Pre-trains the encoder as a masked language model on every text of the corpora, labels unread.

    nice python3 tools/model/pretrain.py --corpora FOLDER --out work/encoder.pt

Goes on where it was when it is started again (OUT.state). Needs Debian's python3-torch and libopenblas0-pthread.
"""

import argparse
import pathlib
import random
import sys
import time

import torch

import batches
import corpus
import network
from bert_tokenizer import BertTokenizer
from optimisers import Optimisers

MASKED = 0.15
SPECIAL = len(corpus.SPECIAL_TOKENS)
SAVE_EVERY = 500


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--corpora", required=True)
    p.add_argument("--out", required=True, help="file for the encoder and its vocabulary")
    p.add_argument("--passes", type=float, default=4.0)
    p.add_argument("--tokens", type=int, default=4096, help="padded tokens a batch")
    p.add_argument("--rate", type=float, default=6e-4)
    p.add_argument("--table-rate", type=float, default=2e-3)
    p.add_argument("--warmup", type=int, default=500)
    p.add_argument("--max-length", type=int, default=128, help="longer texts are cut; most are shorter")
    p.add_argument("--min-characters", type=int, default=3)
    p.add_argument("--min-words", type=int, default=100)
    p.add_argument("--seed", type=int, default=20)
    p.add_argument("--threads", type=int, default=2)
    return p.parse_args()


def mask(ids, attention_mask, vocab, generator):
    """Masked ids, the places, and what stood there. Of ten masked tokens eight become [MASK], one another token, one stays."""
    chance = torch.rand(ids.shape, generator=generator)
    places = (chance < MASKED) & (ids >= SPECIAL) & attention_mask.bool()
    kind = torch.rand(ids.shape, generator=generator)
    masked = ids.clone()
    masked[places & (kind < 0.8)] = corpus.SPECIAL_TOKENS.index("[MASK]")
    other = places & (kind >= 0.8) & (kind < 0.9)
    masked[other] = torch.randint(SPECIAL, vocab, (int(other.sum()),), generator=generator)
    return masked, places, ids[places]


def main():
    args = arguments()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    texts = corpus.Corpora(args.corpora).texts
    vocab = corpus.build_vocabulary(texts, args.min_characters, args.min_words)
    tokenizer = BertTokenizer(vocab)
    ids = [tokenizer.encode(text, args.max_length) for text in texts]
    lengths = [len(row) for row in ids]
    plan = batches.passes(lengths, args.tokens, args.passes, random.Random(args.seed))

    classifier = network.Classifier(len(vocab), **network.SHAPE)
    model = network.MaskedLanguageModel(classifier.encoder)
    optimisers = Optimisers(model, args.rate, args.table_rate, len(plan), args.warmup)
    generator = torch.Generator().manual_seed(args.seed)
    out = pathlib.Path(args.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    saved = out.with_name(out.name + ".state")
    first, seconds = 0, 0.0
    if saved.is_file():
        state = torch.load(saved)
        model.load_state_dict(state["model"])
        optimisers.load_state_dict(state["optimisers"])
        torch.set_rng_state(state["dropout"])
        generator.set_state(state["masks"])
        first, seconds = state["step"], state["seconds"]
    print(f"{len(ids)} texts, {sum(lengths)} tokens, {len(vocab)} in the vocabulary, steps {first}..{len(plan)}", flush=True)

    started, loss_sum, right, count = time.monotonic() - seconds, 0.0, 0, 0
    model.train()
    for step in range(first, len(plan)):
        inputs, attention, types = batches.collate([ids[i] for i in plan[step]])
        masked, places, expected = mask(inputs, attention, len(vocab), generator)
        answers = model(masked, attention, types, places)
        loss = torch.nn.functional.cross_entropy(answers, expected)
        optimisers.step(loss)
        loss_sum += loss.item()
        right += (answers.argmax(dim=1) == expected).sum().item()
        count += len(expected)
        if (step + 1) % 100 == 0:
            print(f"step {step + 1}/{len(plan)} loss {loss_sum / 100:.4f} right {right / count:.4f} {time.monotonic() - started:.0f} s", flush=True)
            loss_sum, right, count = 0.0, 0, 0
        if (step + 1) % SAVE_EVERY == 0:
            partial = saved.with_name(saved.name + ".partial")
            torch.save({"model": model.state_dict(), "optimisers": optimisers.state_dict(), "dropout": torch.get_rng_state(),
                        "masks": generator.get_state(), "step": step + 1, "seconds": time.monotonic() - started}, partial)
            partial.replace(saved)
    torch.save({"encoder": classifier.encoder.state_dict(), "vocab": vocab, "arguments": vars(args),
                "seconds": time.monotonic() - started}, out)


if __name__ == "__main__":
    sys.exit(main())
