"""What a cosine of an encoder means, measured on a few pairs of question and answer."""

from collections.abc import Callable, Sequence
from statistics import median

import numpy as np
from numpy.typing import NDArray

from bot.corpus.loader import DATA
from bot.corpus.yaml import read_data


def cosine_range_of(
    encode_question: Callable[[str], NDArray[np.float32]],
    encode_sentences: Callable[[Sequence[str]], NDArray[np.float32]],
) -> tuple[float, float]:
    """Return the ``cosine_range`` of an encoder, measured by encoding a few pairs.

    Args:
        encode_question: See ``Encoder``.
        encode_sentences: See ``Encoder``.

    Raises:
        ValueError: The encoder does not tell answers from other sentences.
    """
    pairs = read_data(DATA / "encoder_pairs.yaml")
    questions = np.stack([encode_question(pair["question"]) for pair in pairs])
    sentences = encode_sentences([pair["sentence"] for pair in pairs])
    cosines = questions @ sentences.T
    own = float(median(np.diag(cosines).tolist()))
    other = float(median(cosines[~np.eye(len(pairs), dtype=bool)].tolist()))
    if not other < own < 1.01:
        raise ValueError("its vectors do not tell answers from other sentences.")
    return other, own
