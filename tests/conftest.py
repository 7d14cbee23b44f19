"""Fixtures: a bot in the test's process or in its own, its readers and its databases."""

import contextlib
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.chat import Chat
from tests.support.corpora import write_two_articles
from tests.support.databases import new_database
from tests.support.processes import CACHE
from tests.support.stage import Sandbox, Stage
from tests.support.threads import SandboxThread

# For processes that tests start with all of this environment.
os.environ["CACHE_DIR"] = CACHE


def pytest_xdist_auto_num_workers() -> int:
    """One more than processors: some tests wait, but too many at once starve each other."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that needs a PostgreSQL server."""
    for item in items:
        callspec = getattr(item, "callspec", None)
        params = callspec.params.values() if callspec else ()
        if "postgres" in params or "postgres_url" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.postgres)


@pytest.fixture
def postgres_url() -> Iterator[str]:
    with new_database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """DATABASE_URL of an empty database, of one engine and then of the other."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/votes.db"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture(scope="session")
def sandbox_thread(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxThread]:
    """The sandbox of all tests of a process."""
    thread = SandboxThread(tmp_path_factory.mktemp("sandbox"))
    yield thread
    assert thread.stop() == 0, thread.output


@pytest.fixture(scope="session")
def library_thread(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxThread]:
    """As sandbox_thread, with a second article beside the first."""
    corpus = write_two_articles(tmp_path_factory.mktemp("library"))
    thread = SandboxThread(tmp_path_factory.mktemp("sandbox"), CORPUS_DIR=str(corpus))
    yield thread
    assert thread.stop() == 0, thread.output


@contextlib.asynccontextmanager
async def client_of(thread: SandboxThread) -> AsyncIterator[Sandbox]:
    """A client of a running sandbox; what it logs meanwhile must hold no error."""
    logged = len(thread.output)
    async with httpx.AsyncClient(
        base_url=thread.url,
        trust_env=False,
        timeout=60,
        limits=httpx.Limits(max_connections=500),
    ) as client:
        yield Sandbox(thread.url, client)
    new = thread.output[logged:]
    assert "ERROR" not in new, new
    assert "Traceback" not in new, new


@pytest.fixture
async def library(library_thread: SandboxThread) -> AsyncIterator[Sandbox]:
    """As sandbox, with a second article beside the first."""
    async with client_of(library_thread) as sandbox:
        yield sandbox


@pytest.fixture
async def sandbox(sandbox_thread: SandboxThread) -> AsyncIterator[Sandbox]:
    """The sandbox of all tests, with the bot in it; what a test did stays for the next."""
    async with client_of(sandbox_thread) as sandbox:
        yield sandbox


@pytest.fixture
async def clean(sandbox: Sandbox) -> AsyncIterator[Sandbox]:
    """The sandbox of all tests without a vote; the test's own readers are forgotten afterwards."""
    response = await sandbox.client.get("/sandbox/calls", params={"after": 0})
    sandbox.calls_before = max((call["n"] for call in response.json()["calls"]), default=0)
    yield sandbox
    for chat in sandbox.readers:
        await chat.post(f"readers/{chat.reader}/block", {"blocked": False})
        await chat.send("/forget")


@pytest.fixture
async def fresh(tmp_path: Path) -> AsyncIterator[Sandbox]:
    """A sandbox of a test's own, without any vote yet."""
    # Without a limit most of its time would go into refreshing messages that are soon outdated.
    thread = SandboxThread(tmp_path, OVERALL_PER_SECOND="60")
    async with client_of(thread) as sandbox:
        yield sandbox
    assert thread.stop() == 0, thread.output


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A Bot API server of the test's own, on which bots can be started and killed."""
    stage = Stage(tmp_path)
    await stage.open()
    yield stage
    await stage.close()


@pytest.fixture
async def ada(sandbox: Sandbox) -> Chat:
    return await sandbox.reader()


@pytest.fixture
async def ben(sandbox: Sandbox) -> Chat:
    return await sandbox.reader()
