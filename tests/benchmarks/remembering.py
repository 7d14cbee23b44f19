"""An encoder that encodes no text twice, as benchmarks ask the same again and again."""

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.retrieval.encoder import Encoder


class RememberingEncoder:
    """Encodes no text twice. See ``Encoder``.

    Args:
        encoder: Encodes those that are new.

    Attributes:
        known: The vectors of all sentences.
        asked: How many sentences it was asked to encode.
        seconds: How long it took to encode sentences.
    """

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.languages = encoder.name, encoder.languages
        self._encoder = encoder
        self._questions: dict[str, NDArray[np.float32]] = {}
        self.known: dict[str, NDArray[np.float32]] = {}
        self.asked, self.seconds = 0, 0.0

    def encode_question(self, text: str) -> NDArray[np.float32]:
        """See ``Encoder``."""
        if text not in self._questions:
            self._questions[text] = self._encoder.encode_question(text)
        return self._questions[text]

    def encode_sentences(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See ``Encoder``."""
        new = [text for text in dict.fromkeys(texts) if text not in self.known]
        before = time.perf_counter()
        made = self._encoder.encode_sentences(new)
        self.seconds += time.perf_counter() - before
        self.asked += len(texts)
        self.known.update(zip(new, made, strict=True))
        return np.stack([self.known[text] for text in texts]) if texts else made
