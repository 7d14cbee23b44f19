"""How article-bot run starts with a server that fails, and how it stops, in every phase."""

import json
import re
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.api_stub import Answer, ApiStub, good, refused
from tests.support.corpora import ROOT
from tests.support.processes import NO_LIMITS, Process, clean_environment
from tests.support.waiting import TIMEOUT

TOKEN = "4242:a-very-secret-token-that-no-log-may-show"
SERVES = re.compile(r"answers questions about")
WAITS = re.compile(r"cannot be used, trying again: .*")
PARAGRAPHS = "\n\n".join(f"Paragraph {n} tells of bridge {n} and its {n} boats." for n in range(60))


def settings_of(folder: Path, url: str, **more: str) -> dict[str, str]:
    own = {
        "PYTHONPATH": str(ROOT),
        "BOT_TOKEN": TOKEN,
        "BOT_API_URL": url,
        "CORPUS_DIR": str(ROOT / "corpus"),
        "CACHE_DIR": str(folder / "cache"),
        "DATABASE_URL": f"sqlite:///{folder}/votes.db",
        "VOTER_KEY": "k" * 32,
    }
    return clean_environment(**{**own, **NO_LIMITS, **more})


@pytest.fixture
def processes() -> Iterator[list[Process]]:
    """Processes to kill at the end, whatever happened."""
    started: list[Process] = []
    yield started
    for process in started:
        process.popen.kill()
        process.popen.wait()


def terminated(process: Process) -> float:
    """Send SIGHUP, which changes nothing, and SIGTERM, which ends it; the seconds that it took."""
    process.popen.send_signal(signal.SIGHUP)
    began = time.monotonic()
    process.popen.send_signal(signal.SIGTERM)
    assert process.popen.wait(timeout=TIMEOUT) == 0, process.output
    assert "Traceback" not in process.output
    assert "leaked" not in process.output
    return time.monotonic() - began


HTML = "<html><body>Bad gateway: /bot4242:a-very-secret-token-that-no-log-may-show</body></html>"


@pytest.mark.slow
@pytest.mark.parametrize("method", ["getme", "getwebhookinfo"])
@pytest.mark.parametrize(
    "failure",
    [
        refused(500, "Internal Server Error"),
        refused(429, "Too Many Requests: retry after 1", retry_after=1),
        *((status, HTML, {"Content-Type": "text/html"}) for status in (200, 401, 403, 404, 502)),
        (0, "", {}),
        (200, "{}", {}),
        (200, "[]", {}),
        (200, "null", {}),
        (200, '{"ok": true, "result": {}}', {}),
    ],
    ids=[
        "500",
        "429",
        *(f"page {n}" for n in (200, 401, 403, 404, 502)),
        "no answer",
        "object",
        "list",
        "null",
        "no user",
    ],
)
def test_a_first_call_that_fails_is_made_again(
    tmp_path: Path, processes: list[Process], method: str, failure: Answer
) -> None:
    """Two failures are one line, and the answer is another."""

    def answer(called: str, number: int) -> Answer:
        return failure if called == method and number <= 2 else good(called)

    with ApiStub(answer) as api:
        bot = Process(["run"], tmp_path, settings_of(tmp_path, api.url))
        processes.append(bot)
        bot.wait_for(SERVES)
        assert len(WAITS.findall(bot.output)) == 1
        assert f"{api.url} answers." in bot.output
        assert "secret" not in bot.output.replace("[secret]", "")
        terminated(bot)
        assert api.calls[method] == 3


@pytest.mark.slow
def test_it_waits_for_a_server_that_is_not_there(tmp_path: Path, processes: list[Process]) -> None:
    """It says so, and can be stopped meanwhile; it is there as soon as the server is."""
    with ApiStub() as api:
        url = api.url
    bot = Process(["run"], tmp_path, settings_of(tmp_path, url))
    processes.append(bot)
    bot.wait_for(WAITS)
    terminated(bot)


@pytest.mark.slow
def test_a_refusal_ends_it(tmp_path: Path) -> None:
    """What Telegram says in its own words it would say again."""
    with ApiStub(lambda *_: refused(401, "Unauthorized")) as api:
        bot = Process(["run"], tmp_path, settings_of(tmp_path, api.url))
        assert bot.popen.wait(timeout=TIMEOUT) == 2
        assert f"{api.url} refuses the token: copy BOT_TOKEN again" in bot.output
        assert api.calls["getme"] == 1


@pytest.mark.slow
@pytest.mark.parametrize("module", ["yaml", "numpy", "telegram"])
def test_signals_while_it_is_being_loaded(
    tmp_path: Path, processes: list[Process], module: str
) -> None:
    """SIGTERM ends it as cleanly as later."""
    environ = settings_of(tmp_path, "http://127.0.0.1:9", PYTHONPROFILEIMPORTTIME="1")
    bot = Process(["run"], tmp_path, environ)
    processes.append(bot)
    bot.wait_for(re.compile(rf"\| +{re.escape(module)}(\.\w+)?\n"))
    terminated(bot)


@pytest.fixture(scope="module")
def large_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Articles whose reading takes longer than a test waits."""
    folder = tmp_path_factory.mktemp("large")
    for number in range(1_500):
        (folder / f"a{number}.md").write_text(f"# Bridge {number}\n\n{number}\n\n{PARAGRAPHS}")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("whole_group", [False, True])
def test_signals_while_articles_are_read(
    tmp_path: Path, processes: list[Process], large_corpus: Path, whole_group: bool
) -> None:
    """The processes that read them end too, also if the signal is sent to them."""
    environ = settings_of(tmp_path, "http://127.0.0.1:9", CORPUS_DIR=str(large_corpus))
    bot = Process(["run"], tmp_path, environ, new_group=True)
    processes.append(bot)
    bot.wait_for(re.compile(r"Reading articles: 1,500 are new"))
    if whole_group:
        bot.signal_group(signal.SIGTERM)
    terminated(bot)
    assert "done" not in bot.output
    assert "cannot be used" not in bot.output
    assert bot.group_is_gone()


@pytest.mark.slow
def test_signals_while_articles_are_indexed(
    tmp_path: Path, processes: list[Process], large_corpus: Path
) -> None:
    """What was read until then is kept."""
    environ = settings_of(tmp_path, "http://127.0.0.1:9", CORPUS_DIR=str(large_corpus))
    bot = Process(["run"], tmp_path, environ, new_group=True)
    processes.append(bot)
    bot.wait_for(re.compile(r"Reading articles: done"), seconds=5 * TIMEOUT)
    bot.wait_for(re.compile(r"Indexing articles: 1,500 are new"))
    terminated(bot)
    assert "Indexing articles: done" not in bot.output
    assert bot.group_is_gone()


class SilentListener:
    """Accepts connections and never answers, as a server that is frozen does."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]

    def connected(self) -> socket.socket:
        """Wait for a connection."""
        self.socket.settimeout(TIMEOUT)
        return self.socket.accept()[0]


@pytest.mark.slow
@pytest.mark.parametrize("signals", [True, False])
def test_a_database_that_never_answers(
    tmp_path: Path, processes: list[Process], signals: bool
) -> None:
    """It is given up after a while, and a signal is not."""
    listener = SilentListener()
    url = f"postgresql://me:secret@127.0.0.1:{listener.port}/x"
    bot = Process(["run"], tmp_path, settings_of(tmp_path, "http://127.0.0.1:9", DATABASE_URL=url))
    processes.append(bot)
    connection = listener.connected()
    if signals:
        terminated(bot)
    else:
        assert bot.popen.wait(timeout=TIMEOUT) == 2
        assert "The database of DATABASE_URL cannot be used (TimeoutError)" in bot.output
    connection.close()
    listener.socket.close()


@pytest.mark.slow
def test_a_server_that_hangs_while_the_bot_stops(tmp_path: Path, processes: list[Process]) -> None:
    """The bot does not wait for its answer for longer than a container is given."""
    hanging = {"updates": False}

    def answer(method: str, number: int) -> Answer:
        if method == "getupdates" and number == 1:
            hanging["updates"] = True
            message = {
                "message_id": 1,
                "date": 1,
                "chat": {"id": 7, "type": "private", "first_name": "Ada"},
                "from": {"id": 7, "is_bot": False, "first_name": "Ada"},
                "text": "/start",
                "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
            }
            update = {"update_id": 1, "message": message}
            return 200, json.dumps({"ok": True, "result": [update]}), {}
        if method == "sendmessage" or (hanging["updates"] and method == "getupdates"):
            api.hold()
        return good(method)

    with ApiStub(answer) as api:
        bot = Process(["run"], tmp_path, settings_of(tmp_path, api.url))
        processes.append(bot)
        bot.wait_for(SERVES)
        api.wait_for_call("sendmessage")
        terminated(bot)


class NotifySocket:
    """What systemd listens on."""

    def __init__(self, address: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.settimeout(TIMEOUT)
        self._socket.bind("\0" + address[1:] if address.startswith("@") else address)

    def received(self) -> str:
        return self._socket.recv(4096).decode()

    def close(self) -> None:
        self._socket.close()


@pytest.mark.slow
@pytest.mark.parametrize("abstract", [False, True])
def test_systemd_is_told(tmp_path: Path, processes: list[Process], abstract: bool) -> None:
    """When it is ready, when it looks at the articles again, and when it stops."""
    address = f"@{tmp_path}" if abstract else str(tmp_path / "notify")
    manager = NotifySocket(address)
    with ApiStub() as api:
        bot = Process(["run"], tmp_path, settings_of(tmp_path, api.url, NOTIFY_SOCKET=address))
        processes.append(bot)
        assert manager.received() == "READY=1"
        for _ in range(2):
            bot.popen.send_signal(signal.SIGHUP)
            before = time.monotonic_ns() // 1000
            told = re.fullmatch(r"RELOADING=1\nMONOTONIC_USEC=(\d+)", manager.received())
            assert told
            assert abs(int(told[1]) - before) < TIMEOUT * 1_000_000
            assert manager.received() == "READY=1"
        bot.popen.send_signal(signal.SIGTERM)
        assert manager.received() == "STOPPING=1"
        assert bot.popen.wait(timeout=TIMEOUT) == 0
    manager.close()


@pytest.mark.slow
def test_a_service_manager_that_is_gone(tmp_path: Path, processes: list[Process]) -> None:
    """The bot serves all the same."""
    with ApiStub() as api:
        environ = settings_of(tmp_path, api.url, NOTIFY_SOCKET=str(tmp_path / "nothing"))
        bot = Process(["run"], tmp_path, environ)
        processes.append(bot)
        bot.wait_for(SERVES)
        terminated(bot)
