"""One process of what the service replaces: Flask's own server, one text a call, torch. Started by `bench … baseline`.

Answers POST /predict {"text": …} with {"label", "score"} and GET /health, as the service does.
"""

import argparse
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools/model"))
import blas  # noqa: E402, F401 (before torch)
import flask  # noqa: E402
import torch  # noqa: E402

from export import Checkpoint  # noqa: E402

p = argparse.ArgumentParser(description=__doc__)
p.add_argument("--checkpoint", required=True, help="folder as export.py takes it")
p.add_argument("--port", type=int, required=True)
p.add_argument("--threads", type=int, default=1, help="of torch: two processes share two cores")
args = p.parse_args()

torch.set_num_threads(args.threads)
classifier = Checkpoint(args.checkpoint)
names = [label["api"] for label in classifier.labels]
app = flask.Flask(__name__)


@app.post("/predict")
def predict():
    text = (flask.request.get_json(silent=True) or {}).get("text")
    if not isinstance(text, str) or not text.strip():
        return {"error": "text is missing"}, 422
    with torch.inference_mode():
        probabilities = torch.softmax(torch.tensor(classifier.logits([text])[0]), dim=0)
    best = int(probabilities.argmax())
    return {"label": names[best], "score": float(probabilities[best])}


@app.get("/health")
def health():
    return {"status": "healthy"}


classifier.logits(["热身"])
app.run(host="127.0.0.1", port=args.port, threaded=True)
