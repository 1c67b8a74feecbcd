"""The compact BERT-shaped classifier. Inputs and output are those of any BERT sequence classifier.

An encoder of post-norm layers reads each character together with its neighbours: pairs and triples of tokens are hashed into tables of their own
inside the graph, because a small network that never saw large text has to be told what a word may be. Beside it, a wide part adds up
weights of runs of one to three tokens (wide and deep learning, Cheng et al., 2016)."""

import math

import torch
from torch import nn

# Odd multipliers of the runs' hashes. All products stay far inside int64, which every runtime has.
FIRST, SECOND = 2654435761, 40503
SHAPE = dict(hidden=256, layers=4, heads=4, inner=1024, positions=256, pairs=65536, triples=65536, gram_size=48, wide=1 << 19, dropout=0.1)


def runs(ids):
    """Hashes of each token with the one after it, and with the two after it, int64 [batch, seq]. After the last one comes [PAD]."""
    padded = nn.functional.pad(ids, (0, 2))
    second, third = padded[:, 1:-1], padded[:, 2:]
    pair = ids * SECOND + second
    return pair, (ids * FIRST + second * SECOND + third)


class Drop(nn.Module):
    """Dropout of whole features of a text: one mask for all its tokens (variational dropout, Gal and Ghahramani, 2016). A mask for each token
    is no better here, and drawing it took a tenth of the training's time."""

    def __init__(self, share):
        super().__init__()
        self.share = share

    def forward(self, x):
        """x: float [batch, seq, hidden]"""
        if not self.training or self.share == 0:
            return x
        return x * (torch.empty(x.shape[0], 1, x.shape[2], device=x.device).bernoulli_(1 - self.share) / (1 - self.share))


class Layer(nn.Module):
    """x: float [batch, seq, hidden]; bias: float [batch, 1, 1, seq], added to the attention's scores."""

    def __init__(self, hidden, heads, inner, dropout):
        super().__init__()
        self.heads, self.size = heads, hidden // heads
        self.qkv = nn.Linear(hidden, 3 * hidden)
        self.out = nn.Linear(hidden, hidden)
        self.norm1 = nn.LayerNorm(hidden, eps=1e-12)
        self.up = nn.Linear(hidden, inner)
        self.down = nn.Linear(inner, hidden)
        self.norm2 = nn.LayerNorm(hidden, eps=1e-12)
        self.drop = Drop(dropout)

    def forward(self, x, bias):
        batch, seq, hidden = x.shape[0], x.shape[1], self.heads * self.size
        q, k, v = self.qkv(x).view(batch, seq, 3, self.heads, self.size).permute(2, 0, 3, 1, 4).unbind(0)
        if x.is_cuda:  # the same in one kernel, which is not for export
            mixed = nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=bias.to(q.dtype))
        else:
            mixed = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(self.size) + bias, dim=-1) @ v
        mixed = mixed.permute(0, 2, 1, 3).reshape(batch, seq, hidden)
        x = self.norm1(x + self.drop(self.out(mixed)))
        return self.norm2(x + self.drop(self.down(torch.relu(self.up(x)))))


class Encoder(nn.Module):
    """input_ids, attention_mask, token_type_ids: int64 [batch, seq]; returns float [batch, seq, hidden]."""

    def __init__(self, vocab, hidden, layers, heads, inner, positions, pairs, triples, gram_size, dropout):
        super().__init__()
        self.tokens = nn.Embedding(vocab, hidden, padding_idx=0)
        self.positions = nn.Embedding(positions, hidden)
        self.types = nn.Embedding(2, hidden)
        self.pairs = nn.Embedding(pairs, gram_size, sparse=True)
        self.triples = nn.Embedding(triples, gram_size, sparse=True)
        self.grams = nn.Linear(2 * gram_size, hidden, bias=False)
        self.norm = nn.LayerNorm(hidden, eps=1e-12)
        self.drop = Drop(dropout)
        self.layers = nn.ModuleList(Layer(hidden, heads, inner, dropout) for _ in range(layers))

    def forward(self, input_ids, attention_mask, token_type_ids):
        pair, triple = runs(input_ids)
        grams = torch.cat([self.pairs(pair % self.pairs.num_embeddings), self.triples(triple % self.triples.num_embeddings)], dim=-1)
        place = torch.cumsum(torch.ones_like(input_ids), dim=1) - 1
        x = self.tokens(input_ids) + self.positions(place) + self.types(token_type_ids) + self.grams(grams)
        x = self.drop(self.norm(x))
        bias = ((1.0 - attention_mask.to(torch.float32)) * -10000.0)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, bias)
        return x


class Wide(nn.Module):
    """A row of weights for each run of one, two or three tokens; their sums, by the root of the length, and a bias are a text's scores. One column: the
    score itself. Three, of two kinds of text (a mixture of experts, Jacobs et al., 1991): the score as a review, the score as a post, the logit of its being a
    post. Returns float [batch]."""

    def __init__(self, vocab, size):
        super().__init__()
        self.ones = nn.Embedding(vocab, 1, sparse=True)
        self.pairs = nn.Embedding(size, 1, sparse=True)
        self.triples = nn.Embedding(size, 1, sparse=True)
        self.register_buffer("bias", torch.zeros(1))

    @property
    def tables(self):
        return [self.ones, self.pairs, self.triples]

    def put(self, weights, bias):
        """weights: float [rows of the three tables after each other, columns]; bias: float [columns]."""
        rows = weights.split([table.num_embeddings for table in self.tables])
        self.ones, self.pairs, self.triples = (nn.Embedding.from_pretrained(part.clone(), freeze=False, sparse=True) for part in rows)
        self.bias = bias

    def forward(self, input_ids, attention_mask):
        pair, triple = runs(input_ids)
        weights = (self.ones(input_ids) + self.pairs(pair % self.pairs.num_embeddings) + self.triples(triple % self.triples.num_embeddings))
        mask = attention_mask.to(torch.float32)
        scores = (weights * mask[:, :, None]).sum(dim=1) / torch.sqrt(mask.sum(dim=1, keepdim=True)) + self.bias
        if self.ones.embedding_dim == 1:
            return scores[:, 0]
        review, post, kind = scores.unbind(dim=1)
        return review + torch.sigmoid(kind) * (post - review)

    def scale(self, factor):
        """Multiplies what forward returns."""
        scores = max(1, self.ones.embedding_dim - 1)  # not the logit
        with torch.no_grad():
            for part in [table.weight for table in self.tables] + [self.bias[None]]:
                part[:, :scores] *= factor


class Classifier(nn.Module):
    """input_ids, attention_mask, token_type_ids: int64 [batch, seq]; returns logits, float [batch, 2]: negative, positive."""

    def __init__(self, vocab, hidden, layers, heads, inner, positions, pairs, triples, gram_size, wide, dropout):
        super().__init__()
        self.encoder = Encoder(vocab, hidden, layers, heads, inner, positions, pairs, triples, gram_size, dropout)
        self.pooler = nn.Linear(3 * hidden, hidden)
        self.head = nn.Linear(hidden, 2)
        self.wide = Wide(vocab, wide)
        self.drop = nn.Dropout(dropout)
        self.apply(initialise)
        for table in (self.encoder.pairs, self.encoder.triples, *self.wide.tables):
            nn.init.zeros_(table.weight)
        # The tables start from nothing, so their projection must not be small too: the product would never start to learn.
        nn.init.normal_(self.encoder.grams.weight, std=(2 * gram_size) ** -0.5)

    def forward(self, input_ids, attention_mask, token_type_ids):
        return self.deep(input_ids, attention_mask, token_type_ids) + both_ways(self.wide(input_ids, attention_mask))

    def deep(self, input_ids, attention_mask, token_type_ids):
        """The logits without the wide part."""
        x = self.encoder(input_ids, attention_mask, token_type_ids)
        mask = attention_mask.to(torch.float32)[:, :, None]
        mean = (x * mask).sum(dim=1) / mask.sum(dim=1)
        most = (x + (mask - 1.0) * 10000.0).max(dim=1)[0]
        pooled = torch.tanh(self.pooler(self.drop(torch.cat([x[:, 0], mean, most], dim=1))))
        return self.head(self.drop(pooled))


class MaskedLanguageModel(nn.Module):
    """Which token stood at a masked place (Devlin et al., 2018). The encoder's token table is also the output's."""

    def __init__(self, encoder):
        super().__init__()
        self.encoder = encoder
        vocab, hidden = encoder.tokens.weight.shape
        self.transform = nn.Linear(hidden, hidden)
        self.norm = nn.LayerNorm(hidden, eps=1e-12)
        self.bias = nn.Parameter(torch.zeros(vocab))
        self.transform.apply(initialise)

    def forward(self, input_ids, attention_mask, token_type_ids, places):
        """places: bool [batch, seq], the masked ones; returns logits, float [masked places, vocab]."""
        x = self.encoder(input_ids, attention_mask, token_type_ids)[places]
        x = self.norm(torch.relu(self.transform(x)))
        return x @ self.encoder.tokens.weight.t() + self.bias


def deep_state(model):
    """state_dict() without the wide part, which is fitted anew in minutes."""
    return {name: w for name, w in model.state_dict().items() if not name.startswith("wide.")}


def both_ways(score):
    """A score for positive, float [batch], as logits [negative, positive]."""
    return torch.stack([-0.5 * score, 0.5 * score], dim=1)


def initialise(module):
    if isinstance(module, (nn.Linear, nn.Embedding)):
        nn.init.normal_(module.weight, std=0.02)
    if isinstance(module, nn.Linear) and module.bias is not None:
        nn.init.zeros_(module.bias)
