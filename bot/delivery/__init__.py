"""Exchanges updates and messages with Telegram, within its limits."""
