"""What a folder of a sentence-transformers model says about it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import EncoderError

_POOLINGS = {
    "pooling_mode_cls_token": "CLS",
    "pooling_mode_mean_tokens": "MEAN",
    "pooling_mode_lasttoken": "LAST_TOKEN",
}
_MODULES = ("Transformer", "Pooling", "Normalize")
_QUESTION_PROMPTS, _SENTENCE_PROMPTS = ("query",), ("document", "passage")


@dataclass(frozen=True)
class ModelFolder:
    """What a folder says about its model.

    Attributes:
        folder: The folder.
        file: Its ONNX file, as a path in the folder.
        pooling: How the vectors of tokens become one: CLS, MEAN or LAST_TOKEN.
        dimension: The length of that one.
        question_prompt: What is put before a question.
        sentence_prompt: What is put before a sentence.
    """

    folder: Path
    file: str
    pooling: str
    dimension: int
    question_prompt: str
    sentence_prompt: str


def read_model_folder(folder: Path) -> ModelFolder:
    """Return what a folder says about its model.

    Raises:
        EncoderError: Something is missing in the folder, or this bot cannot use it.
    """
    if not folder.is_dir():
        raise EncoderError(f"There is no folder {folder}.")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        if not (folder / name).is_file():
            raise EncoderError(f"{folder / name} is missing: it belongs to every model.")
    _check_modules(folder / "modules.json")
    pooling = _json(folder / "1_Pooling" / "config.json")
    if not isinstance(pooling, dict):
        raise EncoderError(f"{folder / '1_Pooling' / 'config.json'} must be an object.")
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


def _check_modules(file: Path) -> None:
    """Raise an error if the model has parts that are not in its ONNX file."""
    modules = _json(file) if file.exists() else []
    for module in modules if isinstance(modules, list) else []:
        kind = str(module.get("type", "")).rsplit(".", maxsplit=1)[-1]
        if kind not in _MODULES:
            raise EncoderError(f"{file} names a part of the model that is not supported: {kind}.")


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
