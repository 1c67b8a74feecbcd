"""The compact BERT-shaped classifier: token, position and hashed token-pair embeddings, a post-LN encoder, mean and
[CLS] pooling, a linear head. Inputs and output are those of any BERT sequence classifier."""

import math

import torch
from torch import nn

PAIR_MULTIPLIER = 40503  # Knuth's 16-bit multiplicative hash; the product stays far inside int64


class Layer(nn.Module):
    def __init__(self, hidden, heads, inner, dropout):
        super().__init__()
        self.heads, self.size = heads, hidden // heads
        self.qkv = nn.Linear(hidden, 3 * hidden)
        self.out = nn.Linear(hidden, hidden)
        self.norm1 = nn.LayerNorm(hidden, eps=1e-12)
        self.up = nn.Linear(hidden, inner)
        self.down = nn.Linear(inner, hidden)
        self.norm2 = nn.LayerNorm(hidden, eps=1e-12)
        self.drop = nn.Dropout(dropout)

    def forward(self, x, bias):
        batch, seq, hidden = x.shape[0], x.shape[1], self.heads * self.size
        q, k, v = self.qkv(x).view(batch, seq, 3, self.heads, self.size).permute(2, 0, 3, 1, 4).unbind(0)
        weights = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(self.size) + bias, dim=-1)
        mixed = (self.drop(weights) @ v).permute(0, 2, 1, 3).reshape(batch, seq, hidden)
        x = self.norm1(x + self.drop(self.out(mixed)))
        return self.norm2(x + self.drop(self.down(nn.functional.gelu(self.up(x)))))


class Classifier(nn.Module):
    """input_ids, attention_mask, token_type_ids: int64 [batch, seq]; returns logits, float [batch, labels]."""

    def __init__(self, vocab, labels=2, hidden=256, layers=3, heads=4, inner=1024, positions=256, pairs=32768,
                 pair_size=64, dropout=0.1):
        super().__init__()
        self.pairs = pairs
        self.tokens = nn.Embedding(vocab, hidden, padding_idx=0)
        self.positions = nn.Embedding(positions, hidden)
        self.types = nn.Embedding(2, hidden)
        self.pair_table = nn.Embedding(pairs, pair_size)
        self.pair_project = nn.Linear(pair_size, hidden, bias=False)
        self.norm = nn.LayerNorm(hidden, eps=1e-12)
        self.drop = nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(hidden, heads, inner, dropout) for _ in range(layers))
        self.pooler = nn.Linear(2 * hidden, hidden)
        self.head = nn.Linear(hidden, labels)
        for module in self.modules():
            if isinstance(module, (nn.Linear, nn.Embedding)):
                nn.init.normal_(module.weight, std=0.02)
            if isinstance(module, nn.Linear) and module.bias is not None:
                nn.init.zeros_(module.bias)
        # The pair path is a product of two small matrices: with std 0.02 in both it would start too small to learn.
        nn.init.normal_(self.pair_project.weight, std=pair_size**-0.5)

    def forward(self, input_ids, attention_mask, token_type_ids):
        mask = attention_mask.to(torch.float32)
        following = torch.cat([input_ids[:, 1:], torch.zeros_like(input_ids[:, :1])], dim=1)
        pair = (input_ids * PAIR_MULTIPLIER + following) % self.pairs
        place = torch.cumsum(torch.ones_like(input_ids), dim=1) - 1
        x = (self.tokens(input_ids) + self.positions(place) + self.types(token_type_ids)
             + self.pair_project(self.pair_table(pair)))
        x = self.drop(self.norm(x))
        bias = ((1.0 - mask) * -10000.0)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, bias)
        mean = (x * mask[:, :, None]).sum(dim=1) / mask.sum(dim=1, keepdim=True)
        pooled = torch.tanh(self.pooler(torch.cat([x[:, 0], mean], dim=1)))
        return self.head(self.drop(pooled))
