"""The names under which a BERT classifier's weights are stored, brought to one form.

Three layouts are in use (Hugging Face and ModelScope's SbertForSequenceClassification; ModelScope's backbone-and-head models; a bare backbone
with a head beside it) and any mixture of them. Whatever is left over, missing or twice there is an error: a weight that is silently not loaded is
a model that is silently wrong.
"""

import re

from checkpoint import CheckpointRefused

# Buffers, and the heads of pre-training that a fine-tuned checkpoint may still carry. None of them is used for an answer.
_IGNORED = re.compile(r"(^|\.)embeddings\.position_ids$|^cls\.(predictions|seq_relationship)\.")
_HEADS = ("head.classifier.", "classifier.")
_EMBEDDINGS = [
    "embeddings.word_embeddings.weight", "embeddings.position_embeddings.weight", "embeddings.token_type_embeddings.weight",
    "embeddings.LayerNorm.weight", "embeddings.LayerNorm.bias",
]
_LAYER = [
    f"{module}.{kind}"
    for module in ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense",
                   "attention.output.LayerNorm", "intermediate.dense", "output.dense", "output.LayerNorm")
    for kind in ("weight", "bias")
]
_TOP = ["pooler.dense.weight", "pooler.dense.bias", "classifier.weight", "classifier.bias"]
_LISTED = 6


def canonical(names):
    """{canonical name: name in the checkpoint}, complete, and the number of layers."""
    prefix = _prefix([_renamed(name) for name in names])
    found = {}
    for name in names:
        renamed = _renamed(name)
        if _IGNORED.search(renamed):
            continue
        key = _without_prefixes(renamed, prefix)
        if key in found:
            raise CheckpointRefused(f"the checkpoint has '{name}' and '{found[key]}', which are the same weight: which one is meant is unclear")
        found[key] = name
    layers = 1 + max((int(m[1]) for m in (re.match(r"encoder\.layer\.(\d+)\.", key) for key in found) if m), default=-1)
    wanted = _EMBEDDINGS + [f"encoder.layer.{i}.{name}" for i in range(layers) for name in _LAYER] + _TOP
    _refuse_differences(found, wanted, layers)
    return found, layers


def _renamed(name):
    """Without the prefix of a model trained on several devices, and with the names that TensorFlow's normalisation had."""
    name = name.removeprefix("module.")
    return re.sub(r"\.gamma$", ".weight", re.sub(r"\.beta$", ".bias", name))


def _prefix(names):
    """What stands before the backbone's names. 'encoder.' is such a prefix only where the backbone's own names follow it: a bare
    backbone has 'encoder.layer.0…' too."""
    if any(name.startswith("bert.") for name in names):
        return "bert."
    if any(name.startswith(("encoder.embeddings.", "encoder.encoder.")) for name in names):
        return "encoder."
    return ""


def _without_prefixes(name, prefix):
    for head in _HEADS:
        if name.startswith(head):
            return "classifier." + name[len(head) :]
    return name[len(prefix) :] if prefix and name.startswith(prefix) else name


def _refuse_differences(found, wanted, layers):
    unknown = [found[key] for key in found if key not in wanted]
    missing = [key for key in wanted if key not in found]
    reasons = []
    if unknown:
        reasons.append(f"it has weights that a BERT classifier does not have: {_listed(unknown)}")
    if any(key.startswith("classifier.") for key in missing):
        reasons.append("it has no classifier (classifier.weight and .bias, or head.classifier.*): this is a pre-trained model that has not "
                       "been fine-tuned for classification")
        missing = [key for key in missing if not key.startswith("classifier.")]
    if layers == 0:
        reasons.append("it has no encoder layers")
    if missing:
        reasons.append(f"it lacks {_listed(missing)}")
    if reasons:
        raise CheckpointRefused("the checkpoint does not fit: " + "; ".join(reasons))


def _listed(names):
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more
