"""PostgreSQL databases that exist for one test."""

import asyncio
import contextlib
import os
import re
import secrets
from collections.abc import Iterator

import asyncpg
import pytest


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
