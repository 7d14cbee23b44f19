"""Small sentence models in ONNX, in folders as sentence-transformers saves them."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.normalizers import Lowercase
from tokenizers.pre_tokenizers import Whitespace

from bot.retrieval.encoder_pairs import pair_texts

UNKNOWN, PADDING = "[UNK]", "[PAD]"


def write_model(folder: Path, alike: Sequence[str] = (), told_apart: bool = True) -> None:
    """Write a model that gives each word a vector.

    Args:
        folder: Where to; it is created.
        alike: Texts, the words of each of which mean the same.
        told_apart: Whether the words of the bot's own pairs mean something too. Otherwise the
            model cannot tell answers from other sentences.
    """
    texts = [*alike]
    if told_apart:
        texts += [" ".join(pair) for pair in zip(*pair_texts(None), strict=True)]
    meanings: dict[str, int] = {}
    for meaning, text in enumerate(texts):
        for word in re.findall(r"\w+", text.lower()):
            meanings.setdefault(word, meaning)
    vocabulary = {word: number for number, word in enumerate([UNKNOWN, PADDING, *meanings])}
    vectors = np.zeros((len(vocabulary), len(texts) + 1), dtype=np.float32)
    # Little, so that unknown words tell little beside known ones.
    vectors[:, -1] = 0.05
    for word, meaning in meanings.items():
        vectors[vocabulary[word], meaning] = 1.0
    (folder / "onnx").mkdir(parents=True)
    onnx.save(_model(vectors), str(folder / "onnx" / "model.onnx"))
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token=UNKNOWN))
    tokenizer.normalizer, tokenizer.pre_tokenizer = Lowercase(), Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    write_description(folder, vectors.shape[1])


def _model(vectors: np.ndarray) -> onnx.ModelProto:
    """Return the model that looks the vectors of tokens up."""
    shape = ["texts", "tokens"]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, shape)
        for name in ("input_ids", "attention_mask")
    ]
    found = helper.make_tensor_value_info(
        "last_hidden_state", TensorProto.FLOAT, [*shape, vectors.shape[1]]
    )
    node = helper.make_node("Gather", ["vectors", "input_ids"], ["last_hidden_state"])
    weights = [numpy_helper.from_array(vectors, "vectors")]
    graph = helper.make_graph([node], "words", inputs, [found], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def write_description(folder: Path, dimension: int) -> None:
    """Write what a model's folder says of it.

    Args:
        folder: Where to.
        dimension: Numbers of a vector.
    """
    files: dict[str, object] = {
        "config.json": {"pad_token_id": 1},
        "tokenizer_config.json": {"model_max_length": 128, "pad_token": PADDING},
        "modules.json": [
            {"type": "sentence_transformers.models.Transformer"},
            {"type": "sentence_transformers.models.Pooling"},
        ],
        "1_Pooling/config.json": {
            "word_embedding_dimension": dimension,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_cls_token": False,
        },
        "config_sentence_transformers.json": {
            "prompts": {"query": "query: ", "document": "passage: "}
        },
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
