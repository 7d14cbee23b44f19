"""Settings: where they are read from, and the message for each that is wrong."""

from pathlib import Path

import pytest

from bot.config import Settings, read_settings
from bot.errors import SettingsError

TOKEN = "4242:a-very-secret-token-that-no-log-may-show"


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("BOT_TOKEN", "secret with spaces", "BOT_TOKEN does not have the form of a token"),
        ("BOT_API_URL", "telegram", "BOT_API_URL is 'telegram': give"),
        ("BOT_API_URL", "ftp://x", "BOT_API_URL is 'ftp://x': give"),
        ("BOT_API_URL", "http://x:99999", "BOT_API_URL is 'http://x:99999': give"),
        ("BOT_API_URL", "ftp://me:secret@x/y", "BOT_API_URL is 'ftp://[secret]@x/[secret]': give"),
        ("BOT_API_URL", "http://x/?key=secret", "BOT_API_URL is 'http://x/[secret]': give"),
        ("BOT_API_URL", "http://x/bot1:secret#", "BOT_API_URL is 'http://x/[secret]': give"),
        ("BOT_API_URL", "http://me:secret/x@host", "BOT_API_URL is 'http://[secret]': give"),
        ("BOT_API_URL", "http://me:1234#secret@host", "BOT_API_URL is 'http://[secret]': give"),
        ("BOT_API_URL", "http://me:secret[x@host", "BOT_API_URL is 'http://[secret]@host': give"),
        ("BOT_API_URL", "http://me:secret", "BOT_API_URL is 'http://[secret]': give"),
        ("BOT_API_URL", "me:secret@host", "BOT_API_URL is '[secret]@host': give"),
        ("BOT_API_URL", "host/bot1:secret", "BOT_API_URL is 'host/[secret]': give"),
        ("BOT_API_URL", "4242:a-secret-token", "BOT_API_URL is '[secret]': give"),
        ("LOG_LEVEL", "loud", "LOG_LEVEL is 'loud': set it to one of"),
        ("LOG_FORMAT", "xml", "LOG_FORMAT is 'xml': set it to one of text, json."),
        ("WEBHOOK_URL", "bot.example.org", "WEBHOOK_URL is 'bot.example.org': give the address"),
        ("WEBHOOK_URL", "https://x/?secret", "WEBHOOK_URL is 'https://x/[secret]': give the"),
        ("WEBHOOK_URL", "https://a:secret@x/", "WEBHOOK_URL is 'https://[secret]@x/[secret]': gi"),
        ("WEBHOOK_URL", "https://x:0x/", "WEBHOOK_URL is 'https://[secret]': give the address"),
        ("WEBHOOK_URL", "http://x/", "WEBHOOK_URL is 'http://x/[secret]': Telegram delivers only"),
        ("WEBHOOK_URL", "https://x:8080", "WEBHOOK_URL is 'https://x:8080': Telegram delivers"),
        ("WEBHOOK_LISTEN", ":8080", "WEBHOOK_LISTEN is ':8080': give a host and a port"),
        ("WEBHOOK_LISTEN", "host", "WEBHOOK_LISTEN is 'host': give a host and a port"),
        ("WEBHOOK_LISTEN", "::1:80", "WEBHOOK_LISTEN is '::1:80': give a host and a port"),
        ("WEBHOOK_SECRET", "secret", "WEBHOOK_SECRET is not 32 to 256 letters, digits, _ and -:"),
        ("WEBHOOK_SECRET", "secret !" * 5, "WEBHOOK_SECRET is not 32 to 256 letters"),
        ("HEALTH_LISTEN", "0", "HEALTH_LISTEN is '0': give a host and a port"),
        ("HEALTH_LISTEN", "host:65536", "HEALTH_LISTEN is 'host:65536': give a host and a port"),
        ("VOTER_KEY", "secret", "VOTER_KEY is shorter than 32 characters"),
        ("TELEGRAM_TEST_ENVIRONMENT", "maybe", "TELEGRAM_TEST_ENVIRONMENT is 'maybe': set it to"),
        ("SEMANTIC", "perhaps", "SEMANTIC is 'perhaps': set it to yes or no."),
        ("SEMANTIC_MODEL", "models/e5", "SEMANTIC_MODEL is set, but SEMANTIC is not: set SEMANTIC"),
        ("DATABASE_URL", "mysql://me:secret@host/x", "DATABASE_URL begins with 'mysql': give"),
        ("DATABASE_URL", "sqlite:////", "DATABASE_URL begins with 'sqlite': give sqlite:///"),
        ("DATABASE_URL", "postgresql://me:secret#x@host/x", "DATABASE_URL cannot be read: write"),
        ("DATABASE_URL", "postgresql://me:secret/x@host/x", "DATABASE_URL cannot be read: write"),
        ("DATABASE_URL", "postgresql://me:secret[x@host/x", "DATABASE_URL cannot be read: write"),
        ("DATABASE_URL", "postgresql://me:secret℀x@host/x", "DATABASE_URL cannot be read: write"),
        ("DATABASE_URL", "postgresql://", "DATABASE_URL names no database: write its name"),
        ("DATABASE_URL", "postgres://me:secret@host:5432/?a=b", "DATABASE_URL names no database"),
        ("ADMINS", "@ada", "ADMINS has '@ada': give the ids of users, which are positive numbers"),
        ("ADMINS", "12, -1001234567890", "ADMINS has '-1001234567890': give the ids of users"),
        ("ADMINS", "0", "ADMINS has '0': give the ids of users"),
        ("ADMINS", "12;13", "ADMINS has '12;13': give the ids of users"),
        ("PUBLISH_TO", "@daily", "PUBLISH_TO is set, but only articles of feeds and those that"),
        ("GROUP_PER_MINUTE", "0", "GROUP_PER_MINUTE is '0': give a number of at least 0.001."),
        ("OVERALL_PER_SECOND", "many", "OVERALL_PER_SECOND is 'many': give a number"),
        ("OVERALL_PER_SECOND", "inf", "OVERALL_PER_SECOND is 'inf': give a number"),
    ],
)
def test_a_wrong_setting_gets_a_message(tmp_path: Path, key: str, value: str, message: str) -> None:
    """It names the setting and what to do, and shows no secret."""
    with pytest.raises(SettingsError) as caught:
        read_settings({key: value}, tmp_path / ".env")
    assert str(caught.value).startswith(message)
    shown = str(caught.value).replace("import secrets; print(secrets.", "")
    assert "secret" not in shown.replace("[secret]", "")


@pytest.mark.parametrize(
    "url",
    [
        f"https://api.telegram.org/bot{TOKEN}",
        f"https://api.telegram.org/bot{TOKEN}/getMe",
        f"http://localhost:8081/{TOKEN}/",
        f"host/bot{TOKEN}",
        TOKEN,
    ],
)
def test_a_token_in_the_address_of_the_bot_api_is_sent_to_its_place(
    tmp_path: Path, url: str
) -> None:
    """No server has such an address: the client itself adds the token."""
    with pytest.raises(SettingsError) as caught:
        read_settings({"BOT_API_URL": url}, tmp_path / ".env")
    assert str(caught.value).endswith("The token belongs in BOT_TOKEN, and not there.")
    assert "secret" not in str(caught.value).replace("[secret]", "")


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("8080", "127.0.0.1:8080"),
        ("0.0.0.0:80", "0.0.0.0:80"),
        ("bot_1.internal:9090", "bot_1.internal:9090"),
        ("[::1]:9090", "[::1]:9090"),
    ],
)
def test_addresses_to_listen_on(tmp_path: Path, value: str, address: str) -> None:
    """A bare port is open on this machine only; nothing is told of health by default."""
    both = {"WEBHOOK_LISTEN": value, "HEALTH_LISTEN": value}
    settings = read_settings(both, tmp_path / ".env")
    assert (str(settings.webhook_listen), str(settings.health_listen)) == (address, address)
    assert read_settings({}, tmp_path / ".env").health_listen is None


def test_a_server_of_ones_own_delivers_to_any_address(tmp_path: Path) -> None:
    """Telegram's own only by HTTPS, and to four ports."""
    own = {"BOT_API_URL": "http://localhost:8081", "WEBHOOK_URL": "http://10.0.0.1:9000/x"}
    assert read_settings(own, tmp_path / ".env").webhook_url == own["WEBHOOK_URL"]
    for url in ("https://bot.example.org", "https://bot.example.org:8443/telegram"):
        assert read_settings({"WEBHOOK_URL": url}, tmp_path / ".env").webhook_url == url


def test_settings_come_from_a_dotenv_file_too(tmp_path: Path) -> None:
    """The environment takes precedence; an empty value counts as not set."""
    file = tmp_path / ".env"
    file.write_text(f"BOT_TOKEN={TOKEN}\nLOG_LEVEL=error\nGROUP_PER_MINUTE=\n")
    settings = read_settings({"LOG_LEVEL": "Debug"}, file)
    assert (settings.bot_token, settings.log_level) == (TOKEN, "DEBUG")
    assert settings.group_per_minute == Settings.group_per_minute


def test_an_empty_variable_of_the_environment_hides_nothing(tmp_path: Path) -> None:
    """It counts as not set, as service managers and containers often pass it."""
    (tmp_path / ".env").write_text(f"BOT_TOKEN={TOKEN}\n")
    assert read_settings({"BOT_TOKEN": " "}, tmp_path / ".env").bot_token == TOKEN


@pytest.mark.parametrize(
    ("text", "lines", "problem"),
    [
        ('BOT_TOKEN="4242:secret\nLOG_LEVEL=INFO\n', [1], "A quotation mark is missing"),
        ('# Mine\n\n\nBOT_TOKEN="4242:secret" x\n', [4], "A quotation mark is missing"),
        ("BOT_TOKEN='4242:secret\nLOG_LEVEL='INFO'\n", [1], "A quotation mark is missing"),
        ('BOT_TOKEN="4242:secret\nLOG_LEVEL=INFO"\n', [1], "A quotation mark is missing"),
        ("\r\n4242:secret\r\n", [2], "The line has not the form KEY=value: correct it"),
        ("BOT_TOKEN: 4242:secret\n=secret\n", [1, 2], "The line has not the form KEY=value"),
        ("LOG_LEVEL=INFO\nmy secret = x\n", [2], "The line has not the form KEY=value"),
    ],
)
def test_broken_lines_of_a_dotenv_file_are_named(
    tmp_path: Path, text: str, lines: list[int], problem: str
) -> None:
    """Each with its number and what is wrong, but not with its text, which may be a secret."""
    file = tmp_path / ".env"
    file.write_bytes(text.encode())
    with pytest.raises(SettingsError) as caught:
        read_settings({}, file)
    found = str(caught.value).splitlines()
    assert len(found) == len(lines)
    for line, number in zip(found, lines, strict=True):
        assert line.startswith(f"{file}:{number}: {problem}")
        assert "secret" not in line


def test_a_dotenv_file_may_have_comments_quotes_and_other_keys(tmp_path: Path) -> None:
    """Also a mark of the byte order, as some editors write it."""
    text = f'\ufeffBOT_TOKEN="{TOKEN}" # Mine\n\n# And\nexport LOG_LEVEL=ERROR\nTEXT="a\nb"\n'
    (tmp_path / ".env").write_text(text, encoding="utf-8")
    settings = read_settings({}, tmp_path / ".env")
    assert (settings.bot_token, settings.log_level) == (TOKEN, "ERROR")


def test_a_dotenv_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """It must be UTF-8."""
    (tmp_path / ".env").write_bytes(b"BOT_TOKEN=\xff\xfe")
    with pytest.raises(SettingsError, match="cannot be read: make it a readable UTF-8 file"):
        read_settings({}, tmp_path / ".env")


@pytest.mark.parametrize("suffix", ["", "/", "/bot", "/bot/"])
def test_the_address_of_the_bot_api_has_several_forms(tmp_path: Path, suffix: str) -> None:
    """It may end with "/bot", with a slash, or with both."""
    settings = read_settings({"BOT_API_URL": f"http://localhost:8081{suffix}"}, tmp_path / ".env")
    assert settings.base_url == "http://localhost:8081/bot{token}"
    assert settings.is_local


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://api.telegram.org", "https://api.telegram.org"),
        ("http://[::1]:8081", "http://[::1]:8081"),
        ("http://me:pass@[::1]:8081/x", "http://[secret]@[::1]:8081/[secret]"),
        ("http://me:p@ss@host", "http://[secret]@host"),
        ("http://token@host", "http://[secret]@host"),
        # Accepted, though the slash was meant to be in the password.
        ("http://me:1234/pass@host", "http://[secret]"),
        ("http://host/a/1-abc", "http://host/[secret]"),
    ],
)
def test_only_scheme_host_and_port_of_the_bot_api_are_shown(
    tmp_path: Path, url: str, shown: str
) -> None:
    """What else is in the address may be a password or a token; it is used all the same."""
    settings = read_settings({"BOT_API_URL": url}, tmp_path / ".env")
    assert settings.bot_api_url == url
    assert settings.shown_api_url == shown
    assert (url in settings.secrets) is (url != shown)


@pytest.mark.parametrize("value", ["12 13", "12,13", " 12 , 13, ", "013 12 12"])
def test_admins_are_separated_by_spaces_or_commas(tmp_path: Path, value: str) -> None:
    """In any order, and each counts once. With them, there is something to publish."""
    settings = read_settings({"ADMINS": value, "PUBLISH_TO": "@daily"}, tmp_path / ".env")
    assert settings.admins == {12, 13}
    assert settings.publish_to == "@daily"


def test_nobody_is_an_admin_by_default(tmp_path: Path) -> None:
    """Also if the setting is there and empty."""
    assert read_settings({"ADMINS": " "}, tmp_path / ".env").admins == frozenset()
