"""The encoder that the settings name."""

from bot.config import Settings
from bot.errors import EncoderError, SettingsError
from bot.retrieval.encoder import Encoder, open_encoder
from bot.retrieval.semantic import Comparison


def chosen_encoder(settings: Settings) -> Encoder | None:
    """Return the encoder that the settings name, with its model loaded; None for none.

    Raises:
        SettingsError: Its package is not installed, or its model cannot be used.
    """
    if not settings.semantic:
        return None
    try:
        encoder = open_encoder(settings.semantic_model)
        if settings.semantic_model is not None:
            # It may be of another kind, such as one that sorts texts: this tries it.
            Comparison(encoder)
        return encoder
    except EncoderError as error:
        key = "SEMANTIC" if settings.semantic_model is None else "SEMANTIC_MODEL"
        raise SettingsError(f"{key} is set: {error}") from None
