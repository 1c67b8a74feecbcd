"""Which label stands for which logit, and what it is called in the API."""

import json
import pathlib

from checkpoint import CheckpointRefused

# In the order in which ModelScope's pipelines look them up (modelscope/utils/hub.py, parse_label_mapping), then transformers'.
_LOOK_UPS = [
    ("label_mapping.json", ()),
    ("configuration.json", ("model", "label2id")),
    ("configuration.json", ("model", "id2label")),
    ("configuration.json", ("preprocessor", "label2id")),
    ("configuration.json", ("preprocessor", "id2label")),
    ("config.json", ("label2id",)),
    ("config.json", ("id2label",)),
]
_API_NAMES = {
    "positive": ("正面", "正向", "积极", "正", "好评", "positive", "pos"),
    "negative": ("负面", "负向", "消极", "负", "差评", "negative", "neg"),
    "neutral": ("中性", "中立", "中", "中评", "neutral", "neu"),
}


def look_up(folder, count, given=None):
    """[{"name", "api"}, …] in the order of the logits, and where that was found.

    count: rows of the classifier. given: what the user says, '负面=negative,正面=positive' or just the API names.
    """
    if given:
        return _given(given, count), "--labels"
    for file, path in _LOOK_UPS:
        mapping = _at(pathlib.Path(folder) / file, path)
        if mapping is None:
            continue
        where = " ".join([file, ".".join(path)]).strip()
        names = _ordered(mapping, path[-1:] == ("id2label",), count, where)
        return _distinct([{"name": name, "api": _api_name(name, where)} for name in names], where), where
    raise CheckpointRefused(
        f"{folder} says nowhere what its {count} labels are (label_mapping.json, configuration.json or config.json): give them in the order "
        "of the logits, such as --labels 负面=negative,正面=positive")


def _at(path, keys):
    if not path.is_file():
        return None
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as e:
        raise CheckpointRefused(f"{path} is not JSON: {e}") from e
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) and value else None


def _ordered(mapping, by_id, count, where):
    try:
        pairs = [(int(i), str(name)) for i, name in mapping.items()] if by_id else [(int(i), str(name)) for name, i in mapping.items()]
    except (TypeError, ValueError) as e:
        raise CheckpointRefused(f"{where} is no mapping of labels and numbers: {mapping}") from e
    if sorted(i for i, _ in pairs) != list(range(count)):
        raise CheckpointRefused(f"{where} has the labels {mapping}, the classifier has {count} rows")
    return [name for _, name in sorted(pairs)]


def _api_name(name, where):
    for api, names in _API_NAMES.items():
        if name.strip().lower() in names:
            return api
    raise CheckpointRefused(
        f"{where} has the label '{name}', and what that means is unclear: give the labels in the order of the logits, such as "
        "--labels 负面=negative,正面=positive")


def _given(text, count):
    labels = []
    for part in text.split(","):
        name, _, api = part.strip().partition("=")
        labels.append({"name": name, "api": api or name})
    if len(labels) != count or any(not label["api"] for label in labels):
        raise CheckpointRefused(f"--labels gives {len(labels)} labels ({text}), the classifier has {count} rows")
    return _distinct(labels, "--labels")


def _distinct(labels, where):
    seen = {}
    for label in labels:
        if label["api"] in seen:
            raise CheckpointRefused(f"{where}: '{seen[label['api']]}' and '{label['name']}' both mean {label['api']}")
        seen[label["api"]] = label["name"]
    return labels
