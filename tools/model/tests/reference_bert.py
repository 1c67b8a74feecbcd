"""BERT once more, the way its authors' code names and computes it, apart from tools/model/bert.py: torch writes its state_dict in each key
layout, and its logits are what an export has to give."""

import json
import pathlib

import torch
from torch import nn


class SelfAttention(nn.Module):
    def __init__(self, hidden, heads):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value = (nn.Linear(hidden, hidden) for _ in range(3))

    def forward(self, x, allowed):
        def split(y):
            return torch.stack(y.chunk(self.heads, dim=-1), dim=1)  # [batch, heads, seq, size]

        q, k, v = split(self.query(x)), split(self.key(x)), split(self.value(x))
        scores = torch.einsum("bhqd,bhkd->bhqk", q, k) / q.shape[-1] ** 0.5
        scores = scores.masked_fill(~allowed[:, None, None, :], float("-inf"))
        return torch.cat(torch.einsum("bhqk,bhkd->bhqd", scores.softmax(-1), v).unbind(1), dim=-1)


class AddNorm(nn.Module):
    def __init__(self, size, hidden):
        super().__init__()
        self.dense = nn.Linear(size, hidden)
        self.LayerNorm = nn.LayerNorm(hidden, eps=1e-12)

    def forward(self, y, x):
        return self.LayerNorm(self.dense(y) + x)


class Dense(nn.Module):
    def __init__(self, size, hidden):
        super().__init__()
        self.dense = nn.Linear(size, hidden)


class Attention(nn.Module):
    def __init__(self, hidden, heads):
        super().__init__()
        self.add_module("self", SelfAttention(hidden, heads))
        self.output = AddNorm(hidden, hidden)


class Layer(nn.Module):
    def __init__(self, hidden, heads, inner):
        super().__init__()
        self.attention = Attention(hidden, heads)
        self.intermediate = Dense(hidden, inner)
        self.output = AddNorm(inner, hidden)

    def forward(self, x, allowed):
        x = self.attention.output(getattr(self.attention, "self")(x, allowed), x)
        return self.output(nn.functional.gelu(self.intermediate.dense(x)), x)


class Embeddings(nn.Module):
    def __init__(self, vocab, hidden, positions):
        super().__init__()
        self.word_embeddings = nn.Embedding(vocab, hidden)
        self.position_embeddings = nn.Embedding(positions, hidden)
        self.token_type_embeddings = nn.Embedding(2, hidden)
        self.LayerNorm = nn.LayerNorm(hidden, eps=1e-12)
        self.register_buffer("position_ids", torch.arange(positions)[None])

    def forward(self, ids):
        return self.LayerNorm(self.word_embeddings(ids) + self.position_embeddings(self.position_ids[:, : ids.shape[1]])
                              + self.token_type_embeddings(torch.zeros_like(ids)))


class Encoder(nn.Module):
    def __init__(self, layers, hidden, heads, inner):
        super().__init__()
        self.layer = nn.ModuleList(Layer(hidden, heads, inner) for _ in range(layers))


class Bert(nn.Module):
    def __init__(self, vocab, layers, hidden, heads, inner, positions):
        super().__init__()
        self.embeddings = Embeddings(vocab, hidden, positions)
        self.encoder = Encoder(layers, hidden, heads, inner)
        self.pooler = Dense(hidden, hidden)

    def pool(self, ids, allowed):
        x = self.embeddings(ids)
        for layer in self.encoder.layer:
            x = layer(x, allowed)
        return torch.tanh(self.pooler.dense(x[:, 0]))


class Head(nn.Module):
    def __init__(self, hidden, labels):
        super().__init__()
        self.classifier = nn.Linear(hidden, labels)


class HuggingFace(nn.Module):
    """bert.* and classifier.*"""

    def __init__(self, bert, hidden, labels):
        super().__init__()
        self.bert = bert
        self.classifier = nn.Linear(hidden, labels)

    def forward(self, ids):
        return self.classifier(self.bert.pool(ids, torch.ones_like(ids, dtype=torch.bool)))


class BackboneHead(nn.Module):
    """encoder.* and head.classifier.*"""

    def __init__(self, bert, hidden, labels):
        super().__init__()
        self.encoder = bert
        self.head = Head(hidden, labels)

    def forward(self, ids):
        return self.head.classifier(self.encoder.pool(ids, torch.ones_like(ids, dtype=torch.bool)))


class EncoderClassifier(BackboneHead):
    """encoder.* and classifier.*"""

    def __init__(self, bert, hidden, labels):
        super().__init__(bert, hidden, labels)
        self.classifier = self.head.classifier
        del self.head

    def forward(self, ids):
        return self.classifier(self.encoder.pool(ids, torch.ones_like(ids, dtype=torch.bool)))


class BertHead(HuggingFace):
    """bert.* and head.classifier.*"""

    def __init__(self, bert, hidden, labels):
        super().__init__(bert, hidden, labels)
        self.head = Head(hidden, labels)
        del self.classifier

    def forward(self, ids):
        return self.head.classifier(self.bert.pool(ids, torch.ones_like(ids, dtype=torch.bool)))


class Bare(Bert):
    """embeddings.*, encoder.layer.*, pooler.* and classifier.*"""

    def __init__(self, bert, hidden, labels):
        nn.Module.__init__(self)
        self.embeddings, self.encoder, self.pooler = bert.embeddings, bert.encoder, bert.pooler
        self.classifier = nn.Linear(hidden, labels)

    def forward(self, ids):
        return self.classifier(self.pool(ids, torch.ones_like(ids, dtype=torch.bool)))


LAYOUTS = {cls.__name__: cls for cls in (HuggingFace, BackboneHead, EncoderClassifier, BertHead, Bare)}
SMALL = dict(layers=2, hidden=32, heads=4, inner=64, positions=64)
BASE = dict(layers=12, hidden=768, heads=12, inner=3072, positions=512)


def build(layout, vocab, sizes, labels=2, seed=7):
    """A seeded model whose answers depend on the text: with BERT's usual std of 0.02 in the classifier every text would be undecided."""
    torch.manual_seed(seed)
    model = LAYOUTS[layout](Bert(vocab, **sizes), sizes["hidden"], labels)
    with torch.no_grad():
        for name, weights in model.named_parameters():
            if weights.dim() > 1:
                weights.normal_(std=(4 if "classifier" in name else 1) * sizes["hidden"] ** -0.5)
            elif name.endswith("bias"):
                weights.normal_(std=0.02)
    return model.eval()


def write_folder(folder, model, vocab, sizes, save=torch.save, **files):
    """A checkpoint folder as a hub ships it. save: how the state_dict is written; files: further JSON files by name."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    save(model.state_dict(), folder / "pytorch_model.bin")
    (folder / "vocab.txt").write_text("\n".join(vocab) + "\n", encoding="utf-8")
    config = {"vocab_size": len(vocab), "hidden_size": sizes["hidden"], "num_hidden_layers": sizes["layers"],
              "num_attention_heads": sizes["heads"], "intermediate_size": sizes["inner"], "hidden_act": "gelu",
              "max_position_embeddings": sizes["positions"], "type_vocab_size": 2, "layer_norm_eps": 1e-12}
    for name, content in {"config": config, "label_mapping": {"负面": 0, "正面": 1}, **files}.items():
        if content is not None:
            (folder / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return folder
