"""Telegram's updates -> calls -> messages. Each file is a surface; bot.app lists the routes."""
