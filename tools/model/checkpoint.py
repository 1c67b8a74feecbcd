"""Reads the weights of a checkpoint folder without executing anything in it.

A PyTorch file is a pickle, and a pickle is a program. The reader here knows the handful of names that a file of tensors needs, gives each a
harmless meaning of its own, and refuses the file at the first other name. Formats: PyTorch's zip (since 1.6) and its older one,
safetensors, and either cut into shards with an index.
"""

import collections
import io
import json
import pathlib
import pickle
import struct
import zipfile

import numpy

SAFETENSORS = "model.safetensors"
PICKLE = "pytorch_model.bin"
INDEX = ".index.json"

# Names in PyTorch's file and in safetensors' header. A bfloat16 is the upper half of a float32.
_STORAGES = {
    "FloatStorage": "<f4", "DoubleStorage": "<f8", "HalfStorage": "<f2", "BFloat16Storage": "bf16", "LongStorage": "<i8",
    "IntStorage": "<i4", "ShortStorage": "<i2", "CharStorage": "i1", "ByteStorage": "u1", "BoolStorage": "?",
}
_SAFETENSORS_TYPES = {
    "F32": "<f4", "F64": "<f8", "F16": "<f2", "BF16": "bf16", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U8": "u1",
    "BOOL": "?",
}
_LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
_LEGACY_PROTOCOL = 1001


class CheckpointRefused(Exception):
    """The folder cannot be used; the message says why and, where there is one, the way out."""


def weights_files(folder):
    """The files that hold the weights, in the order of preference: safetensors before a pickle, one file before shards."""
    folder = pathlib.Path(folder)
    for name in (SAFETENSORS, PICKLE):
        if (folder / name).is_file():
            return [folder / name]
        index = folder / (name + INDEX)
        if index.is_file():
            return [folder / shard for shard in _shards(index)]
    raise CheckpointRefused(f"{folder} has no weights: neither {SAFETENSORS} nor {PICKLE}, whole or in shards.")


def read(folder):
    """{name: array}: float32 for every floating type, integers as they are."""
    tensors = {}
    for path in weights_files(folder):
        if not path.is_file():
            raise CheckpointRefused(f"{path} is missing: the index names it.")
        for name, array in read_file(path).items():
            if name in tensors:
                raise CheckpointRefused(f"{path}: the tensor '{name}' is in another shard too.")
            tensors[name] = array
    return tensors


def read_file(path):
    """{name: array} of one file, by its content and not by its name."""
    path = pathlib.Path(path)
    with open(path, "rb") as f:
        start = f.read(9)
    try:
        if start[:2] == b"PK":
            found = _read_zip(path)
        elif start[8:] == b"{" and struct.unpack("<Q", start[:8])[0] <= path.stat().st_size - 8:
            found = _read_safetensors(path)
        elif start[:1] == b"\x80":
            found = _read_legacy(path)
        else:
            raise CheckpointRefused(f"{path} is neither a PyTorch file nor safetensors: was the download complete?")
    except CheckpointRefused:
        raise
    except (pickle.UnpicklingError, zipfile.BadZipFile, EOFError, struct.error, ValueError, KeyError, IndexError, TypeError,
            AttributeError, UnicodeDecodeError, OverflowError) as e:
        raise CheckpointRefused(f"{path} cannot be read as a file of weights: {type(e).__name__}: {e}") from e
    return {name: _as_float32(array) if array.dtype.kind == "f" else array for name, array in found.items()}


def _shards(index):
    names = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
    for name in names:
        if name != pathlib.PurePath(name).name:
            raise CheckpointRefused(f"{index} names '{name}', which is no plain file name.")
    return names


def _as_float32(array):
    return numpy.ascontiguousarray(array, dtype=numpy.float32)


def _from_bytes(data, kind):
    if kind == "bf16":
        halves = numpy.frombuffer(data, dtype="<u2").astype(numpy.uint32)
        return (halves << 16).view(numpy.float32)
    return numpy.frombuffer(data, dtype=kind)


def _size(kind):
    return 2 if kind == "bf16" else numpy.dtype(kind).itemsize


# safetensors: 8 bytes of header length, a JSON header, the bytes of all tensors.


def _read_safetensors(path):
    with open(path, "rb") as f:
        (length,) = struct.unpack("<Q", f.read(8))
        header = json.loads(f.read(length))
        data = f.read()
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        kind = _SAFETENSORS_TYPES.get(entry["dtype"])
        if kind is None:
            raise CheckpointRefused(f"{path}: the tensor '{name}' has the type {entry['dtype']}, which is not supported.")
        start, end = entry["data_offsets"]
        count = int(numpy.prod(entry["shape"], dtype=numpy.int64))
        if not (0 <= start <= end <= len(data)) or end - start != count * _size(kind):
            raise CheckpointRefused(f"{path}: the tensor '{name}' does not lie inside the file.")
        tensors[name] = _from_bytes(data[start:end], kind).reshape(entry["shape"])
    return tensors


# PyTorch: a pickle in which each storage is a persistent id, and the storages' bytes beside it.


class _Storage(collections.namedtuple("_Storage", "key kind count")):
    """A block of numbers that a tensor looks at."""


class _Tensor(collections.namedtuple("_Tensor", "storage offset shape stride")):
    """Where a tensor lies in its storage, in elements."""

    def array(self, storages):
        block = storages[self.storage.key]
        last = self.offset + sum((n - 1) * s for n, s in zip(self.shape, self.stride))
        if 0 in self.shape:
            return numpy.empty(self.shape, block.dtype)
        if min((self.offset, *self.shape, *self.stride), default=0) < 0 or last >= len(block) or len(self.shape) != len(self.stride):
            raise CheckpointRefused("a tensor does not lie inside its storage")
        strides = [s * block.itemsize for s in self.stride]
        return numpy.lib.stride_tricks.as_strided(block[self.offset :], self.shape, strides, writeable=False)


def _rebuild_tensor(storage, offset, shape, stride, *_):
    return _Tensor(storage, offset, tuple(shape), tuple(stride))


def _rebuild_parameter(tensor, *_):
    return tensor


_KNOWN = {
    ("collections", "OrderedDict"): collections.OrderedDict,
    ("torch._utils", "_rebuild_tensor"): _rebuild_tensor,
    ("torch._utils", "_rebuild_tensor_v2"): _rebuild_tensor,
    ("torch._utils", "_rebuild_parameter"): _rebuild_parameter,
}


class _TensorUnpickler(pickle.Unpickler):
    def __init__(self, file, path):
        super().__init__(file, encoding="utf-8")
        self.path = path

    def find_class(self, module, name):
        if (module, name) in _KNOWN:
            return _KNOWN[module, name]
        if module in ("torch", "torch.cuda") and name in _STORAGES:
            return _STORAGES[name]  # a name, nothing that could be called
        raise CheckpointRefused(
            f"{self.path} asks for {module}.{name} while it is read. A file of weights needs tensors only, so this one holds code or "
            "whole objects and is refused. Save the state_dict, or use safetensors.")

    def persistent_load(self, pid):
        tag, kind, key, _, count = pid[:5]
        if tag != "storage" or kind not in _STORAGES.values() or (len(pid) > 5 and pid[5] is not None):
            raise CheckpointRefused(f"{self.path} refers to {pid!r}, which is no storage.")
        return _Storage(str(key), kind, count)


def _tensors(found, storages, path):
    """The tensors of a state_dict, also where a training loop has put it under 'state_dict' or 'model'."""
    for key in ("state_dict", "model", "model_state_dict"):
        if isinstance(found, dict) and isinstance(found.get(key), dict):
            found = found[key]
    if not isinstance(found, dict) or not any(isinstance(value, _Tensor) for value in found.values()):
        raise CheckpointRefused(f"{path} holds no state_dict: no mapping of names to tensors.")
    return {name: value.array(storages) for name, value in found.items() if isinstance(value, _Tensor)}


def _storages_of(found):
    """Every storage that a tensor of the file looks at, by key."""
    out, left = {}, [found]
    while left:
        value = left.pop()
        if isinstance(value, _Tensor):
            out[value.storage.key] = value.storage
        elif isinstance(value, dict):
            left.extend(value.values())
        elif isinstance(value, (list, tuple)):
            left.extend(value)
    return out


def _read_zip(path):
    with zipfile.ZipFile(path) as archive:
        pickles = [name for name in archive.namelist() if name == "data.pkl" or name.endswith("/data.pkl")]
        if len(pickles) != 1:
            raise CheckpointRefused(f"{path} is a zip file, but not one of PyTorch: it has no data.pkl.")
        root = pickles[0][: -len("data.pkl")]
        if root + "byteorder" in archive.namelist() and archive.read(root + "byteorder") != b"little":
            raise CheckpointRefused(f"{path} was written on a big-endian machine, which is not supported.")
        found = _TensorUnpickler(io.BytesIO(archive.read(pickles[0])), path).load()
        storages = {}
        for key, storage in _storages_of(found).items():
            if not key.isdigit():
                raise CheckpointRefused(f"{path}: the storage '{key}' has no number for a name.")
            storages[key] = _from_bytes(archive.read(f"{root}data/{key}"), storage.kind)
    return _tensors(found, storages, path)


def _read_legacy(path):
    with open(path, "rb") as f:
        if _TensorUnpickler(f, path).load() != _LEGACY_MAGIC or _TensorUnpickler(f, path).load() != _LEGACY_PROTOCOL:
            raise CheckpointRefused(f"{path} is a pickle, but not one of PyTorch.")
        if not _TensorUnpickler(f, path).load().get("little_endian", True):
            raise CheckpointRefused(f"{path} was written on a big-endian machine, which is not supported.")
        found = _TensorUnpickler(f, path).load()
        known = _storages_of(found)
        storages = {}
        for key in _TensorUnpickler(f, path).load():
            (count,) = struct.unpack("<q", f.read(8))
            storage = known.get(str(key))
            if storage is None or count != storage.count:
                raise CheckpointRefused(f"{path}: the storage {key} is not what the tensors say it is.")
            storages[str(key)] = _from_bytes(f.read(count * _size(storage.kind)), storage.kind)
    return _tensors(found, storages, path)
