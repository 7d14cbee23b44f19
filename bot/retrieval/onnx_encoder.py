"""Any sentence-transformers model in ONNX that lies in a folder, by the package fastembed."""

import contextlib
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from fastembed import TextEmbedding
from fastembed.common.model_description import ModelSource, PoolingType
from numpy.typing import NDArray

from bot.errors import EncoderError
from bot.retrieval.encoder_texts import encodable, usable_cores

BATCH = 16
"""Sentences that are encoded at once: each takes as long as the longest."""

_POOLINGS = {
    "pooling_mode_cls_token": PoolingType.CLS,
    "pooling_mode_mean_tokens": PoolingType.MEAN,
    "pooling_mode_lasttoken": PoolingType.LAST_TOKEN,
}
_MODULES = ("Transformer", "Pooling", "Normalize")
_QUESTION_PROMPTS, _SENTENCE_PROMPTS = ("query",), ("document", "passage")
_CHUNK = 1 << 20


@dataclass(frozen=True)
class ModelFolder:
    """What a folder says about its model.

    Attributes:
        folder: The folder.
        file: Its ONNX file, as a path in the folder.
        pooling: How the vectors of tokens become one.
        dimension: The length of that one.
        question_prompt: What is put before a question.
        sentence_prompt: What is put before a sentence.
    """

    folder: Path
    file: str
    pooling: PoolingType
    dimension: int
    question_prompt: str
    sentence_prompt: str


class OnnxEncoder:
    """Encodes with the model of a folder. See ``Encoder``."""

    languages: frozenset[str] | None = None

    def __init__(self, folder: Path) -> None:
        """Load the model.

        Args:
            folder: As sentence-transformers saves it, with the model in ONNX beside its own files.

        Raises:
            EncoderError: Something is missing in the folder, or cannot be used.
        """
        model = read_model_folder(folder)
        self._prompts = model.question_prompt, model.sentence_prompt
        self._dimension = model.dimension
        self.name = f"{folder.name} {_digest(model)}"
        self._lock = threading.Lock()
        try:
            self._model = _loaded(model, self.name)
            self.encode_question("")
        except Exception as error:
            # Whatever its packages raise, the model is what has to be changed.
            raise EncoderError(f"The model in {folder} cannot be used: {error}") from error

    def encode_question(self, text: str) -> NDArray[np.float32]:
        """See ``Encoder``."""
        found: NDArray[np.float32] = self._encode(self._prompts[0], [text])[0]
        return found

    def encode_sentences(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See ``Encoder``."""
        found = np.empty((len(texts), self._dimension), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            found[batch] = self._encode(self._prompts[1], [texts[each] for each in batch])
        return found

    def _encode(self, prompt: str, texts: Sequence[str]) -> NDArray[np.float32]:
        safe = [prompt + encodable(text) for text in texts]
        with self._lock:
            found = np.stack(list(self._model.embed(safe, batch_size=BATCH)))
        if found.shape[1:] != (self._dimension,) or not np.isfinite(found).all():
            raise EncoderError(f"{self.name} does not encode as its folder says.")
        return found.astype(np.float32)


def read_model_folder(folder: Path) -> ModelFolder:
    """Return what a folder says about its model.

    Raises:
        EncoderError: Something is missing in the folder, or this bot cannot use it.
    """
    for name in ("tokenizer.json", "tokenizer_config.json"):
        if not (folder / name).is_file():
            raise EncoderError(f"{folder / name} is missing: it belongs to every model.")
    for module in _json(folder / "modules.json") if (folder / "modules.json").exists() else ():
        kind = str(module.get("type", "")).rsplit(".", maxsplit=1)[-1]
        if kind not in _MODULES:
            raise EncoderError(f"The model in {folder} has a part of a type not known: {kind}.")
    pooling = _json(folder / "1_Pooling" / "config.json")
    modes = [mode for mode, is_on in pooling.items() if mode.startswith("pooling_mode_") and is_on]
    if len(modes) != 1 or modes[0] not in _POOLINGS:
        known = ", ".join(_POOLINGS)
        raise EncoderError(f"{folder / '1_Pooling' / 'config.json'} must set one of {known}.")
    dimension = pooling.get("word_embedding_dimension")
    if not isinstance(dimension, int):
        where = folder / "1_Pooling" / "config.json"
        raise EncoderError(f"{where} must set word_embedding_dimension, a number.")
    prompts_file = folder / "config_sentence_transformers.json"
    prompts = _json(prompts_file).get("prompts") or {} if prompts_file.exists() else {}
    return ModelFolder(
        folder,
        _onnx_file(folder),
        _POOLINGS[modes[0]],
        dimension,
        _prompt(prompts, _QUESTION_PROMPTS),
        _prompt(prompts, _SENTENCE_PROMPTS),
    )


def _onnx_file(folder: Path) -> str:
    for name in ("onnx/model.onnx", "model.onnx"):
        if (folder / name).is_file():
            return name
    found = sorted(str(file.relative_to(folder)) for file in folder.rglob("*.onnx"))
    if len(found) != 1:
        raise EncoderError(f"{folder / 'onnx' / 'model.onnx'} is missing: the model in ONNX.")
    return found[0]


def _prompt(prompts: dict[str, Any], names: Sequence[str]) -> str:
    return next((str(prompts[name]) for name in names if name in prompts), "")


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise EncoderError(f"{file} cannot be read ({error.strerror}).") from None
    except ValueError as error:
        raise EncoderError(f"{file} is not JSON: {error}") from None


def _digest(model: ModelFolder) -> str:
    """Return a text that is another if the model or how it is used is another."""
    digest = blake2b(repr((model.pooling, model.question_prompt)).encode(), digest_size=8)
    digest.update(repr((model.sentence_prompt, model.dimension)).encode())
    parts = (model.folder / model.file).parent.glob("*.onnx*")
    for file in (model.folder / "tokenizer.json", *sorted(parts)):
        with contextlib.suppress(IsADirectoryError), file.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    return digest.hexdigest()


def _loaded(model: ModelFolder, name: str) -> TextEmbedding:
    # It is known already if the same folder was opened before.
    with contextlib.suppress(ValueError):
        TextEmbedding.add_custom_model(
            model=name,
            pooling=model.pooling,
            normalization=True,
            # It asks for one, though the model is here.
            sources=ModelSource(url="file:///"),
            dim=model.dimension,
            model_file=model.file,
        )
    return TextEmbedding(name, specific_model_path=str(model.folder), threads=usable_cores())
