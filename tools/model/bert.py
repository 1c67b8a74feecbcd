"""BERT for sequence classification as the checkpoints mean it: word, position and type embeddings, post-norm layers, a tanh pooler over
[CLS], a linear classifier. StructBERT is the same network at inference; it differs in how it was trained."""

import math

import torch
from torch import nn

from checkpoint import CheckpointRefused

DEFAULT_HEADS = 12  # both transformers' BertConfig and ModelScope's SbertConfig, whose hidden size is 768
ACTIVATIONS = {
    "gelu": nn.functional.gelu,
    "gelu_new": lambda x: 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
    "relu": nn.functional.relu,
}


class SelfAttention(nn.Module):
    """x: float [batch, seq, hidden], bias: float [batch, 1, 1, seq], added to the scores."""

    def __init__(self, hidden, heads):
        super().__init__()
        self.heads, self.size = heads, hidden // heads
        self.qkv = nn.Linear(hidden, 3 * hidden)  # one product instead of three
        self.output = nn.Linear(hidden, hidden)

    def forward(self, x, bias):
        batch, seq, hidden = x.shape[0], x.shape[1], self.heads * self.size
        q, k, v = self.qkv(x).view(batch, seq, 3, self.heads, self.size).permute(2, 0, 3, 1, 4).unbind(0)
        weights = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(self.size) + bias, dim=-1)
        return self.output((weights @ v).permute(0, 2, 1, 3).reshape(batch, seq, hidden))


class Layer(nn.Module):
    def __init__(self, hidden, heads, inner, activation, epsilon):
        super().__init__()
        self.attention = SelfAttention(hidden, heads)
        self.attention_norm = nn.LayerNorm(hidden, eps=epsilon)
        self.up = nn.Linear(hidden, inner)
        self.activation = ACTIVATIONS[activation]
        self.down = nn.Linear(inner, hidden)
        self.norm = nn.LayerNorm(hidden, eps=epsilon)

    def forward(self, x, bias):
        x = self.attention_norm(x + self.attention(x, bias))
        return self.norm(x + self.down(self.activation(self.up(x))))


class BertClassifier(nn.Module):
    """input_ids, attention_mask, token_type_ids: int64 [batch, seq]; returns logits, float [batch, labels]."""

    def __init__(self, shape):
        super().__init__()
        hidden = shape["hidden"]
        self.words = nn.Embedding(shape["vocab"], hidden)
        self.positions = nn.Embedding(shape["positions"], hidden)
        self.types = nn.Embedding(shape["types"], hidden)
        self.norm = nn.LayerNorm(hidden, eps=shape["epsilon"])
        self.layers = nn.ModuleList(
            Layer(hidden, shape["heads"], shape["inner"], shape["activation"], shape["epsilon"]) for _ in range(shape["layers"]))
        self.pooler = nn.Linear(hidden, hidden)
        self.classifier = nn.Linear(hidden, shape["labels"])

    def forward(self, input_ids, attention_mask, token_type_ids):
        place = torch.cumsum(torch.ones_like(input_ids), dim=1) - 1
        x = self.norm(self.words(input_ids) + self.positions(place) + self.types(token_type_ids))
        bias = ((1.0 - attention_mask.to(torch.float32)) * -10000.0)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, bias)
        return self.classifier(torch.tanh(self.pooler(x[:, 0])))


def shape_of(weights, layers, config):
    """The network's sizes: from the weights, where they show them; what they do not show, from config.json."""
    vocab, hidden = weights["embeddings.word_embeddings.weight"].shape
    heads = config.get("num_attention_heads", DEFAULT_HEADS if hidden == 768 else None)
    if not isinstance(heads, int) or heads < 1 or hidden % heads:
        raise CheckpointRefused(f"config.json has num_attention_heads {heads}, which does not divide the hidden size {hidden}")
    activation = config.get("hidden_act", "gelu")
    if activation not in ACTIVATIONS:
        raise CheckpointRefused(f"config.json has hidden_act '{activation}'; known are {', '.join(ACTIVATIONS)}")
    if config.get("position_embedding_type", "absolute") != "absolute":
        raise CheckpointRefused(f"config.json has position_embedding_type '{config['position_embedding_type']}'; only 'absolute' is known")
    if config.get("problem_type") not in (None, "single_label_classification"):
        raise CheckpointRefused(f"config.json has problem_type '{config['problem_type']}': only one label a text is known")
    shape = {
        "vocab": vocab, "hidden": hidden, "layers": layers, "heads": heads, "activation": activation,
        "epsilon": float(config.get("layer_norm_eps", 1e-12)),
        "positions": weights["embeddings.position_embeddings.weight"].shape[0],
        "types": weights["embeddings.token_type_embeddings.weight"].shape[0],
        "inner": weights["encoder.layer.0.intermediate.dense.weight"].shape[0],
        "labels": weights["classifier.weight"].shape[0],
    }
    for key, name in (("vocab", "vocab_size"), ("hidden", "hidden_size"), ("layers", "num_hidden_layers"), ("inner", "intermediate_size"),
                      ("positions", "max_position_embeddings"), ("types", "type_vocab_size")):
        if name in config and config[name] != shape[key]:
            raise CheckpointRefused(f"config.json has {name} {config[name]}, the weights have {shape[key]}")
    return shape


def load(weights, shape):
    """The network with the weights of a checkpoint, under canonical names (checkpoint_keys.py); every shape is checked."""
    model = BertClassifier(shape)
    hidden, used = shape["hidden"], set()

    def copy(parameter, *names):
        parts = [torch.from_numpy(weights[name].copy()) for name in names]
        used.update(names)
        found = torch.cat(parts) if len(parts) > 1 else parts[0]
        if found.shape != parameter.shape:
            raise CheckpointRefused(f"{names[0]} has the shape {list(parts[0].shape)}, which does not fit a hidden size of {hidden}")
        with torch.no_grad():
            parameter.copy_(found)

    def both(module, *names):
        for kind in ("weight", "bias"):
            copy(getattr(module, kind), *(f"{name}.{kind}" for name in names))

    copy(model.words.weight, "embeddings.word_embeddings.weight")
    copy(model.positions.weight, "embeddings.position_embeddings.weight")
    copy(model.types.weight, "embeddings.token_type_embeddings.weight")
    both(model.norm, "embeddings.LayerNorm")
    for i, layer in enumerate(model.layers):
        at = f"encoder.layer.{i}."
        both(layer.attention.qkv, *(f"{at}attention.self.{name}" for name in ("query", "key", "value")))
        both(layer.attention.output, at + "attention.output.dense")
        both(layer.attention_norm, at + "attention.output.LayerNorm")
        both(layer.up, at + "intermediate.dense")
        both(layer.down, at + "output.dense")
        both(layer.norm, at + "output.LayerNorm")
    both(model.pooler, "pooler.dense")
    both(model.classifier, "classifier")
    assert used == set(weights), set(weights) - used
    return model.eval()
