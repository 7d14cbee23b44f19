"""Settings, read once from the environment and a .env file."""

from bot.config.reading import read_settings
from bot.config.settings import MIN_VOTER_KEY, NEW_KEY, Settings

__all__ = ["MIN_VOTER_KEY", "NEW_KEY", "Settings", "read_settings"]
