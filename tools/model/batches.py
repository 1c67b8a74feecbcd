"""Texts as padded batches, neighbours in length together."""

import numpy
import torch

WINDOW = 8192  # texts sorted by length together: little padding, and yet other company in every pass


def collate(ids):
    """input_ids, attention_mask, token_type_ids, int64 [batch, seq]; 0 is [PAD]."""
    longest = max(len(row) for row in ids)
    out = numpy.zeros((len(ids), longest), numpy.int64)
    mask = numpy.zeros_like(out)
    for i, row in enumerate(ids):
        out[i, : len(row)] = row
        mask[i, : len(row)] = 1
    return torch.from_numpy(out), torch.from_numpy(mask), torch.zeros(out.shape, dtype=torch.long)


def plan(lengths, tokens, rng):
    """Lists of indices, at most `tokens` padded tokens each, in random order. rng: random.Random."""
    order = list(range(len(lengths)))
    rng.shuffle(order)
    out = []
    for start in range(0, len(order), WINDOW):
        out += _cut(sorted(order[start : start + WINDOW], key=lambda i: lengths[i]), lengths, tokens)
    rng.shuffle(out)
    return out


def passes(lengths, tokens, count, rng):
    """The batches of `count` passes over all texts, each in an order of its own; the last pass may be a part of one."""
    out = []
    steps = int(count * len(by_length(lengths, tokens)))
    while len(out) < steps:
        out += plan(lengths, tokens, rng)
    return out[:steps]


def by_length(lengths, tokens):
    """The same without chance, for answers."""
    return _cut(sorted(range(len(lengths)), key=lambda i: lengths[i]), lengths, tokens)


def _cut(order, lengths, tokens):
    out, batch = [], []
    for i in order:
        if batch and (len(batch) + 1) * lengths[i] > tokens:
            out.append(batch)
            batch = []
        batch.append(i)
    return out + [batch] if batch else out


@torch.no_grad()
def logits(model, ids, tokens=8192, deep=False):
    """float32 [texts, labels] for encoded texts, in their order. deep: without the wide part."""
    training = model.training
    model.eval()
    out = None
    for batch in by_length([len(row) for row in ids], tokens):
        rows = (model.deep if deep else model)(*collate([ids[i] for i in batch]))
        if out is None:
            out = torch.empty(len(ids), rows.shape[1])
        out[batch] = rows.float()
    model.train(training)
    return out


def accuracy(answers, labels):
    """answers: [texts, labels] of anything that grows with the probability; labels: [texts]."""
    return (answers.argmax(dim=1) == torch.as_tensor(labels)).float().mean().item()


def calibration_error(probabilities, labels, bins=10):
    """Expected calibration error (Guo et al., 2017) of the label given, with equal bins from 0.5 to 1."""
    confidence, given = probabilities.max(dim=1)
    right = (given == torch.as_tensor(labels)).float()
    bin_of = ((confidence - 0.5) * 2 * bins).long().clamp(0, bins - 1)
    return sum(abs((confidence[bin_of == b] - right[bin_of == b]).sum().item()) for b in range(bins)) / len(right)
