"""Fits the network's wide part by itself: a logistic regression over runs of one to three tokens.

Each weight is scaled by how much its run's frequency differs between the labels, as naive Bayes counts it (NBSVM, Wang and Manning, 2012), and
the whole is solved exactly (L-BFGS with an L2 penalty): a minute, where training it along with the encoder takes an hour and ends up worse.
"""

import torch
from torch.nn import functional

import batches
import network

ITERATIONS = 40


class Features:
    """Where the tables are read for a list of encoded texts. place: int64, rows of the three tables after each other; text: int64, whose place
    that is; share: float, 1 / sqrt(tokens of the text)."""

    def __init__(self, wide, ids):
        first, second = wide.ones.num_embeddings, wide.pairs.num_embeddings
        places, texts, shares = [], [], []
        for batch in batches.by_length([len(row) for row in ids], 65536):
            inputs, mask, _ = batches.collate([ids[i] for i in batch])
            pair, triple = network.runs(inputs)
            at = torch.stack([inputs, first + pair % second, first + second + triple % wide.triples.num_embeddings])[:, mask.bool()]
            rows = torch.tensor(batch)[:, None].expand_as(inputs)[mask.bool()]
            share = mask.sum(dim=1, keepdim=True).float().rsqrt().expand(inputs.shape)[mask.bool()]
            places.append(at.flatten())
            texts.append(rows.repeat(3))
            shares.append(share.repeat(3))
        self.count = len(ids)
        self.size = first + second + wide.triples.num_embeddings
        self.place, self.text, self.share = torch.cat(places), torch.cat(texts), torch.cat(shares)

    def scores(self, weights):
        """float [texts]"""
        return torch.bincount(self.text, weights[self.place] * self.share, self.count)

    def gradient(self, by_text):
        return torch.bincount(self.place, by_text[self.text] * self.share, self.size)


def fit(wide, ids, labels, penalty, posts=None):
    """Puts the weights into the tables. labels: 0 or 1 a text; penalty: on the squared weights, for the whole sum of losses; posts: bool a text. Where
    some are posts and some are not, each kind gets weights of its own (how a post says that something is bad is not how a review says it: weights for both
    are worse for both), and a third column tells the kinds apart."""
    if posts is None or posts.all() or not posts.any():
        columns = [_solve(Features(wide, ids), labels, penalty)]
    else:
        columns = [_solve(Features(wide, [row for row, post in zip(ids, posts.tolist()) if post == kind]), labels[posts == kind], penalty)
                   for kind in (False, True)]
        columns.append(_solve(Features(wide, ids), posts, penalty))
    wide.put(torch.stack([weights for weights, _ in columns], dim=1), torch.cat([bias for _, bias in columns]))


def _solve(features, labels, penalty):
    """Weights, float [rows], and bias, float [1]."""
    labels = labels.float()
    positive, negative = (1 + features.gradient(labels == which) for which in (1, 0))
    ratio = (positive / positive.sum() / (negative / negative.sum())).log().abs().float()
    weights = torch.zeros(features.size, requires_grad=True)
    bias = torch.zeros(1, requires_grad=True)
    solver = torch.optim.LBFGS([weights, bias], max_iter=ITERATIONS, history_size=8, line_search_fn="strong_wolfe", tolerance_change=1e-7)

    def loss():
        with torch.no_grad():
            scores = (features.scores(ratio * weights) + bias).float()
            wrong = torch.sigmoid(scores) - labels
            weights.grad = ((features.gradient(wrong) * ratio + penalty * weights) / len(labels)).float()
            bias.grad = wrong.mean()[None]
            return functional.binary_cross_entropy_with_logits(scores, labels) + penalty / 2 * (weights * weights).sum() / len(labels)

    solver.step(loss)
    return (ratio * weights).detach(), bias.detach()
