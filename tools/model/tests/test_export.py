"""export.py on seeded random checkpoints in every layout and file format, and on what it has to refuse.

    python3 -m unittest discover -s tools/model/tests              small checkpoints; the engine's part needs a built Orleans.sln
    EVERGRAIN_BASE_SIZE=1 python3 -m unittest discover -s tools/model/tests      12 layers × 768, some minutes
"""

import contextlib
import io
import json
import os
import pathlib
import pickle
import re
import struct
import subprocess
import sys
import tempfile
import unittest

import numpy
import onnx
import torch

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "tools/model"), str(pathlib.Path(__file__).parent)]
import checkpoint  # noqa: E402
import export  # noqa: E402
import half  # noqa: E402
import known_texts  # noqa: E402
import reference_bert  # noqa: E402
from checkpoint import CheckpointRefused  # noqa: E402

BASE_SIZE = bool(os.environ.get("EVERGRAIN_BASE_SIZE"))
SIZES = reference_bert.BASE if BASE_SIZE else reference_bert.SMALL
KNOWN = [text for text, _ in known_texts.KNOWN]
CHARACTERS = sorted(set("".join(KNOWN).lower()) - {" "})
VOCAB = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + CHARACTERS + ["##" + c for c in CHARACTERS]
ENGINE = ROOT / "artifacts/bin/Evergrain.Silo/release/Evergrain.Silo.dll"


def save_legacy(state, path):
    torch.save(state, path, _use_new_zipfile_serialization=False)


def save_safetensors(state, path, kinds=None):
    """The format by its specification; no library for it is in Debian."""
    header, data = {}, b""
    for name, tensor in state.items():
        tensor = tensor.contiguous()
        kind = {torch.float32: "F32", torch.int64: "I64", torch.bfloat16: "BF16", torch.float16: "F16"}[tensor.dtype]
        raw = (tensor.view(torch.int16) if kind == "BF16" else tensor).numpy().tobytes()
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    path.with_name("model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)


class ExportTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, layout="HuggingFace", save=torch.save, change=None, sizes=SIZES, labels=2, **files):
        """A checkpoint folder, and the model that it was written from."""
        model = reference_bert.build(layout, len(VOCAB), sizes, labels)

        def changed(state, path):
            state = dict(state)
            if change:
                change(state)
            save(state, path)

        return reference_bert.write_folder(self.folder / "checkpoint", model, VOCAB, sizes, changed, **files), model

    def export(self, folder, *more):
        with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as error:
            code = export.main([str(folder), str(self.folder / "out"), "--any-answers", "--no-check", *more])
        return code, out.getvalue() + error.getvalue()

    def refused(self, folder, *more):
        code, said = self.export(folder, *more)
        self.assertEqual(1, code, said)
        self.assertFalse((self.folder / "out/fp32").exists())
        return said

    def known_logits(self, package):
        lines = (self.folder / "out" / package / "probes.jsonl").read_text(encoding="utf-8").splitlines()
        return {line["text"]: line["logits"] for line in map(json.loads, lines)}

    def assert_same_logits(self, model, found):
        tokenizer = export.BertTokenizer(VOCAB)
        self.assertGreaterEqual(len(found), 3)
        for text, logits in found.items():
            with torch.no_grad():
                expected = model(torch.tensor([tokenizer.encode(text, SIZES["positions"])]))[0]
            self.assertLess((expected - torch.tensor(logits)).abs().max().item(), 1e-4)

    # every way in which the weights may be stored

    def test_layouts_logits_of_the_original(self):
        for layout in reference_bert.LAYOUTS:
            with self.subTest(layout):
                folder, model = self.write(layout)
                code, said = self.export(folder)
                self.assertEqual(0, code, said)
                self.assert_same_logits(model, self.known_logits("fp32"))

    @unittest.skipUnless(ENGINE.is_file(), "Orleans.sln is not built")
    def test_layouts_engine_gives_torchs_logits(self):
        for layout in reference_bert.LAYOUTS:
            with self.subTest(layout):
                folder, _ = self.write(layout)
                self.assertEqual(0, self.export(folder)[0])
                said = subprocess.run(["dotnet", str(ENGINE), "model", "check", str(self.folder / "out/fp32")], capture_output=True,
                                      text=True, timeout=300)
                self.assertEqual(0, said.returncode, said.stdout + said.stderr)
                off = float(re.search(r"logits (\S+) off at most", said.stdout)[1])
                print(f"{layout}: logits {off:.1e} off", file=sys.stderr)
                self.assertLess(off, 1e-4)

    @unittest.skipUnless(ENGINE.is_file(), "Orleans.sln is not built")
    def test_int8_opens_and_knows_its_answers(self):
        folder, _ = self.write()
        _, said = self.export(folder)
        self.assertIn(f"{4 * SIZES['layers']} products", said)
        said = subprocess.run(["dotnet", str(ENGINE), "model", "check", str(self.folder / "out/int8")], capture_output=True, text=True, timeout=300)
        self.assertEqual(0, said.returncode, said.stdout + said.stderr)

    @unittest.skipUnless(ENGINE.is_file(), "Orleans.sln is not built")
    def test_fp16_opens_and_knows_its_answers(self):
        folder, _ = self.write()
        self.assertEqual(0, self.export(folder)[0])
        said = subprocess.run(["dotnet", str(ENGINE), "model", "check", str(self.folder / "out/fp16")], capture_output=True, text=True, timeout=300)
        self.assertEqual(0, said.returncode, said.stdout + said.stderr)
        kinds = {tensor.data_type for tensor in onnx.load(str(self.folder / "out/fp16/model.onnx")).graph.initializer}
        self.assertNotIn(onnx.TensorProto.FLOAT, kinds)
        self.assertIn(onnx.TensorProto.FLOAT16, kinds)

    def test_fp16_weight_beyond_its_range_is_refused(self):
        folder, _ = self.write()
        self.assertEqual(0, self.export(folder)[0])
        path = self.folder / "out/fp32/model.onnx"
        model = onnx.load(str(path))
        weight = next(tensor for tensor in model.graph.initializer if tensor.data_type == onnx.TensorProto.FLOAT)
        values = onnx.numpy_helper.to_array(weight).copy()
        values.flat[0] = 70000
        weight.CopyFrom(onnx.numpy_helper.from_array(values, weight.name))
        onnx.save(model, str(path))
        with self.assertRaisesRegex(CheckpointRefused, f"{weight.name} has a number above 65504"):
            half.to_half(path, self.folder / "half.onnx")

    def test_formats_the_same_weights(self):
        folder, model = self.write()
        expected = {name: tensor.numpy() for name, tensor in model.state_dict().items()}
        for save in (torch.save, save_legacy, save_safetensors):
            with self.subTest(save.__name__):
                (folder / "pytorch_model.bin").unlink(missing_ok=True)
                save(model.state_dict(), folder / "pytorch_model.bin")
                found = checkpoint.read(folder)
                self.assertEqual(set(expected), set(found))
                for name in expected:
                    numpy.testing.assert_array_equal(expected[name], found[name])

    def test_half_types_become_float32(self):
        values = torch.tensor([1.5, -2.25, 300.0])
        for kind in (torch.float16, torch.bfloat16, torch.float64):
            for save in (torch.save, save_legacy):
                with self.subTest(f"{kind} {save.__name__}"):
                    save({"a": values.to(kind)}, self.folder / "w.bin")
                    found = checkpoint.read_file(self.folder / "w.bin")["a"]
                    self.assertEqual(numpy.float32, found.dtype)
                    numpy.testing.assert_array_equal(values.numpy(), found)

    def test_views_and_shared_storages_as_torch_sees_them(self):
        base = torch.arange(24.0).reshape(4, 6)
        state = {"t": base.t(), "row": base[2], "column": base[:, 3], "scalar": base[1, 1], "empty": base[:0], "p": torch.nn.Parameter(base)}
        for save in (torch.save, save_legacy):
            with self.subTest(save.__name__):
                save(state, self.folder / "w.bin")
                for name, found in checkpoint.read_file(self.folder / "w.bin").items():
                    numpy.testing.assert_array_equal(state[name].detach().numpy(), found)

    def test_shards_all_of_them(self):
        folder, model = self.write()
        state = model.state_dict()
        half = len(state) // 2
        (folder / "pytorch_model.bin").unlink()
        parts = {"pytorch_model-1.bin": list(state)[:half], "pytorch_model-2.bin": list(state)[half:]}
        for name, keys in parts.items():
            torch.save({key: state[key] for key in keys}, folder / name)
        index = {"weight_map": {key: name for name, keys in parts.items() for key in keys}}
        (folder / "pytorch_model.bin.index.json").write_text(json.dumps(index))
        self.assertEqual(set(state), set(checkpoint.read(folder)))

    def test_old_names_and_pretraining_heads_are_understood(self):
        def change(state):
            for name in [n for n in state if "LayerNorm" in n]:
                state["module." + name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")] = state.pop(name)
            for name in [n for n in state if not n.startswith("module.")]:
                state["module." + name] = state.pop(name)
            state["module.cls.predictions.bias"] = torch.zeros(5)
            state["module.cls.seq_relationship.weight"] = torch.zeros(2, SIZES["hidden"])

        folder, model = self.write(change=change)
        code, said = self.export(folder)
        self.assertEqual(0, code, said)
        self.assert_same_logits(model, self.known_logits("fp32"))

    # labels and settings

    def test_labels_in_the_checkpoints_order(self):
        for where, files, expected in (
            ("label_mapping.json", dict(label_mapping={"正面": 0, "负面": 1}), ["positive", "negative"]),
            ("configuration.json model.label2id", dict(label_mapping=None, configuration={"model": {"label2id": {"negative": 1, "positive": 0}}}),
             ["positive", "negative"]),
            ("configuration.json preprocessor.id2label",
             dict(label_mapping=None, configuration={"model": {"type": "text-classification"}, "preprocessor": {"id2label": {"0": "负面", "1": "正面"}}}),
             ["negative", "positive"]),
            ("label_mapping.json", dict(label_mapping={"负面": 0, "正面": 1}, configuration={"model": {"id2label": {"0": "正面", "1": "负面"}}}),
             ["negative", "positive"]),
        ):
            with self.subTest(where):
                folder, _ = self.write(**files)
                for name in ("label_mapping", "configuration"):
                    if files.get(name) is None:
                        (folder / f"{name}.json").unlink(missing_ok=True)
                _, said = self.export(folder)
                self.assertIn(f"(from {where})", said)
                manifest = json.loads((self.folder / "out/fp32/model.json").read_text(encoding="utf-8"))
                self.assertEqual(expected, [label["api"] for label in manifest["labels"]])
                probe = json.loads((self.folder / "out/fp32/probes.jsonl").read_text(encoding="utf-8").splitlines()[0])
                self.assertEqual(expected[int(numpy.argmax(probe["probabilities"]))], probe["label"])

    def test_labels_given_by_the_user(self):
        folder, _ = self.write(label_mapping=None)
        self.assertIn("says nowhere what its 2 labels are", self.refused(folder))
        code, said = self.export(folder, "--labels", "坏=negative,好=positive")
        self.assertEqual(0, code, said)
        manifest = json.loads((self.folder / "out/int8/model.json").read_text(encoding="utf-8"))
        self.assertEqual([{"name": "坏", "api": "negative"}, {"name": "好", "api": "positive"}], manifest["labels"])

    def test_tokenizer_settings_are_taken(self):
        folder, _ = self.write(tokenizer_config={"do_lower_case": False})
        self.assertIn("cased, at most", self.export(folder)[1])
        self.assertFalse(json.loads((self.folder / "out/fp32/model.json").read_text(encoding="utf-8"))["lowerCase"])

    # what has to be refused

    def test_differences_refused_by_name(self):
        for what, change, reason in (
            ("no classifier", lambda s: [s.pop("classifier.weight"), s.pop("classifier.bias")], "it has no classifier"),
            ("unknown key", lambda s: s.update({"bert.adapter.weight": torch.zeros(2)}), "does not have: bert.adapter.weight"),
            ("missing key", lambda s: s.pop("bert.encoder.layer.1.output.dense.bias"), "it lacks encoder.layer.1.output.dense.bias"),
            ("missing layer", lambda s: [s.pop(n) for n in list(s) if f".layer.{SIZES['layers'] - 1}." in n], "num_hidden_layers"),
            ("two of one", lambda s: s.update({"head.classifier.weight": s["classifier.weight"]}), "are the same weight"),
            ("wrong shape", lambda s: s.update({"bert.pooler.dense.weight": torch.zeros(3, 3)}), "bert.pooler.dense.weight has the shape [3, 3]"),
        ):
            with self.subTest(what):
                folder, _ = self.write(change=change)
                self.assertIn(reason.removeprefix("bert."), self.refused(folder))

    def test_settings_refused_by_name(self):
        config = {"num_attention_heads": SIZES["heads"]}
        for what, files, reason in (
            ("heads", dict(config={"num_attention_heads": 7}), "num_attention_heads 7"),
            ("activation", dict(config={**config, "hidden_act": "swish"}), "hidden_act 'swish'"),
            ("positions", dict(config={**config, "position_embedding_type": "relative_key"}), "relative_key"),
            ("several labels", dict(config={**config, "problem_type": "multi_label_classification"}), "multi_label_classification"),
            ("label names", dict(label_mapping={"LABEL_0": 0, "LABEL_1": 1}), "what that means is unclear"),
            ("label numbers", dict(label_mapping={"负面": 0, "正面": 2}), "the classifier has 2 rows"),
            ("twice the same", dict(label_mapping={"正面": 0, "好评": 1}), "both mean positive"),
            ("accents", dict(tokenizer_config={"strip_accents": False}), "strip_accents"),
        ):
            with self.subTest(what):
                folder, _ = self.write(**files)
                self.assertIn(reason, self.refused(folder))

    def test_files_refused_by_name(self):
        for what, spoil, reason in (
            ("no weights", lambda f: (f / "pytorch_model.bin").unlink(), "has no weights"),
            ("no config", lambda f: (f / "config.json").unlink(), "config.json is missing"),
            ("no vocabulary", lambda f: (f / "vocab.txt").unlink(), "vocab.txt is missing"),
            ("other vocabulary", lambda f: (f / "vocab.txt").write_text("\n".join(VOCAB + ["x y"])), "belongs to another model"),
            ("empty", lambda f: (f / "pytorch_model.bin").write_bytes(b""), "neither a PyTorch file nor"),
            ("html", lambda f: (f / "pytorch_model.bin").write_bytes(b"<html>not found, log in first</html>"), "neither a PyTorch file nor"),
            ("cut off", lambda f: (f / "pytorch_model.bin").write_bytes((f / "pytorch_model.bin").read_bytes()[:5000]), "cannot be read"),
        ):
            with self.subTest(what):
                folder, _ = self.write()
                spoil(folder)
                self.assertIn(reason, self.refused(folder))

    def test_pickle_with_code_refused_and_not_run(self):
        trace = self.folder / "trace"

        class Code:
            def __reduce__(self):
                return (os.system, (f"touch {trace}",))

        for what, save in (
            ("zip", torch.save), ("legacy", save_legacy), ("bare pickle", lambda state, path: path.write_bytes(pickle.dumps(state)))):
            with self.subTest(what):
                folder, _ = self.write(save=save, change=lambda state: state.update({"code": Code()}))
                self.assertRegex(self.refused(folder), r"asks for (posix\.system|torch\.storage\._load_from_bytes) while it is read")
                self.assertFalse(trace.exists())

    def test_whole_model_object_refused(self):
        folder, model = self.write()
        torch.save(model, folder / "pytorch_model.bin")
        self.assertIn("holds code or whole objects", self.refused(folder))

    def test_safetensors_outside_the_file_refused(self):
        header = json.dumps({"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}).encode()
        path = self.folder / "model.safetensors"
        path.write_bytes(struct.pack("<Q", len(header)) + header + bytes(8))
        with self.assertRaisesRegex(CheckpointRefused, "does not lie inside the file"):
            checkpoint.read(self.folder)

    def test_answers_that_make_no_sense_refused(self):
        labels = [{"api": "negative"}, {"api": "positive"}]
        good = [[-1.0, 1.0] if positive else [1.0, -1.0] for _, positive in known_texts.KNOWN]
        export.refuse_nonsense(labels, good)
        with self.assertRaisesRegex(CheckpointRefused, "wrong way round"):
            export.refuse_nonsense(labels[::-1], good)
        with self.assertRaisesRegex(CheckpointRefused, "without positive and negative"):
            export.refuse_nonsense([{"api": "sports"}, {"api": "finance"}], good)

    def test_second_export_replaces_the_first(self):
        folder, _ = self.write()
        self.export(folder)
        (self.folder / "out/fp32/left-over").write_text("x")
        self.assertEqual(0, self.export(folder, "--version", "2")[0])
        self.assertEqual(["model.json", "model.onnx", "probes.jsonl", "vocab.txt"], sorted(f.name for f in (self.folder / "out/fp32").iterdir()))
        self.assertEqual("2-fp32", json.loads((self.folder / "out/fp32/model.json").read_text())["version"])


if __name__ == "__main__":
    unittest.main()
