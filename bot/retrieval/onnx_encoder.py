"""Any sentence-transformers model in ONNX that lies in a folder, by the package fastembed."""

import contextlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from pathlib import Path

import numpy as np
from fastembed import TextEmbedding
from fastembed.common.model_description import ModelSource, PoolingType
from numpy.typing import NDArray

from bot.errors import EncoderError
from bot.retrieval.encoder_texts import encodable, usable_cores
from bot.retrieval.model_folder import ModelFolder, read_model_folder

BATCH = 8
"""Sentences that are encoded at once: each takes as long as the longest, and a question waits."""

_CHUNK = 1 << 20


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
        # In the order in which they come: with a lock, questions could wait for all sentences.
        self._turns = ThreadPoolExecutor(max_workers=1, thread_name_prefix="encoder")
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
        found = self._turns.submit(self._embedded, safe).result()
        if found.shape[1:] != (self._dimension,) or not np.isfinite(found).all():
            raise EncoderError(f"{self.name} does not encode as its folder says.")
        return found.astype(np.float32)

    def _embedded(self, texts: Sequence[str]) -> NDArray[np.floating]:
        return np.stack(list(self._model.embed(texts, batch_size=BATCH)))


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
            pooling=PoolingType(model.pooling),
            normalization=True,
            # It asks for one, though the model is here.
            sources=ModelSource(url="file:///"),
            dim=model.dimension,
            model_file=model.file,
        )
    return TextEmbedding(name, specific_model_path=str(model.folder), threads=usable_cores())
