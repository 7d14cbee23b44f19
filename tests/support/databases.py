"""Databases: PostgreSQL's that exist for one test, and what a SQLite file holds."""

import asyncio
import contextlib
import os
import re
import secrets
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest


def tracked_messages(file: Path) -> list[tuple[int, str]]:
    """Return the chat and the inline id of every message that the bot keeps up to date."""
    database = sqlite3.connect(file)
    try:
        return database.execute(
            "SELECT chat_id, inline_message_id FROM tracked_messages"
        ).fetchall()
    finally:
        database.close()


async def messages_in_postgres(url: str) -> set[tuple[int, int]]:
    """Return the chat and the message id of every message that the bot keeps up to date."""
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(
            "SELECT chat_id, message_id FROM article_bot.tracked_messages"
        )
    finally:
        await connection.close()
    return {(row["chat_id"], row["message_id"]) for row in rows}


def postgres_server() -> str:
    """The address of a PostgreSQL server on which databases may be made and dropped."""
    return os.environ.get("TEST_DATABASE_URL", "postgresql:///postgres")


async def _on_server(statement: str) -> None:
    connection = await asyncpg.connect(postgres_server(), timeout=5)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@contextlib.contextmanager
def new_database() -> Iterator[str]:
    """The address of an empty PostgreSQL database, dropped afterwards."""
    name = f"article_bot_test_{secrets.token_hex(6)}"
    try:
        asyncio.run(_on_server(f"CREATE DATABASE {name}"))
    except (OSError, asyncpg.PostgresError) as error:
        problem = f"no PostgreSQL at TEST_DATABASE_URL: {error}"
        if os.environ.get("REQUIRE_POSTGRES"):
            pytest.fail(problem)
        pytest.skip(problem)
    try:
        yield re.sub(r"(://[^/]*)/[^?]*", rf"\1/{name}", postgres_server())
    finally:
        asyncio.run(_on_server(f"DROP DATABASE {name} WITH (FORCE)"))
