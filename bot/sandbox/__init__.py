"""A local server that speaks the Telegram Bot API; see README.md in this folder."""
