"""Dockerfile, compose.yaml and the unit of systemd: what they name exists, and their steps work."""

import asyncio
import os
import re
import shutil
import socket
import subprocess
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.config import Settings, read_settings
from tests.support.control import TOKEN
from tests.support.corpora import ROOT
from tests.support.image import BASE, Image, built, exec_form, instructions
from tests.support.stage import Stage
from tests.support.waiting import TIMEOUT, until

UNIT = ROOT / "docs" / "article-bot.service"
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE_TEXT = (ROOT / "compose.yaml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)
KEYS = {field.name.upper() for field in fields(Settings)}
VARIABLES = {
    "DOMAIN": "bot.example.org",
    "POSTGRES_PASSWORD": "pw",
    "VOTER_KEY": "k" * 32,
}


def substituted(text: str, variables: dict[str, str]) -> str:
    """A text of compose.yaml with the values of variables, as far as it uses their forms."""
    text = re.sub(
        r"\$\{(\w+):\+(.*?)\}(?=$|\s)",
        lambda m: m[2] if variables.get(m[1]) else "",
        text,
    )
    return re.sub(
        r"\$\{(\w+)(?::[?-]([^}]*))?\}", lambda m: variables.get(m[1]) or m[2] or "", text
    )


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze")
def test_the_unit_is_valid(tmp_path: Path) -> None:
    """Apart from the place where the bot is installed, it is the file of the documents."""
    command = tmp_path / ".venv" / "bin" / "article-bot"
    command.parent.mkdir(parents=True)
    command.write_text("#!/bin/sh\n")
    command.chmod(0o755)
    unit = tmp_path / UNIT.name
    text = UNIT.read_text(encoding="utf-8")
    unit.write_text(text.replace("/opt/article-bot", str(tmp_path)))
    verify = ["systemd-analyze", "verify", "--man=no", str(unit)]
    done = subprocess.run(verify, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    wrong = unit.with_name("wrong.service")
    wrong.write_text(unit.read_text().replace("Type=notify", "Typ=notify"))
    verify[-1] = str(wrong)
    done = subprocess.run(verify, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    assert "Typ" in done.stderr


def test_the_settings_of_unit_and_image_exist() -> None:
    """None of them would be passed over without a word."""
    unit = set(re.findall(r"^Environment=(\w+)=", UNIT.read_text(encoding="utf-8"), re.MULTILINE))
    image = set(re.findall(r"(\w+)=", dict(instructions(DOCKERFILE))["ENV"]))
    compose = set(COMPOSE["services"]["bot"]["environment"])
    assert unit | image | compose <= KEYS | {"PATH", "PYTHONUNBUFFERED"}


@pytest.mark.parametrize("domain", ["bot.example.org", ""])
def test_the_bot_of_compose_can_read_its_settings(tmp_path: Path, domain: str) -> None:
    """With a domain by webhook, and without one by polling."""
    variables = VARIABLES | {"DOMAIN": domain}
    environ = {
        key: substituted(value, variables)
        for key, value in COMPOSE["services"]["bot"]["environment"].items()
    }
    settings = read_settings(environ, tmp_path / ".env")
    assert settings.webhook_url == (f"https://{domain}/telegram" if domain else None)
    assert settings.database_url == "postgresql://article_bot:pw@database/article_bot"
    database = COMPOSE["services"]["database"]["environment"]
    assert (database["POSTGRES_USER"], database["POSTGRES_DB"]) == ("article_bot", "article_bot")
    proxy = substituted(COMPOSE["services"]["proxy"]["command"], variables)
    assert proxy.endswith(f"--from {domain or 'localhost'} --to bot:{settings.webhook_listen.port}")


def test_compose_fits_together() -> None:
    """Everything that it names is declared, every variable is explained, no secret is in it."""
    services = COMPOSE["services"]
    for service in services.values():
        named = [volume.partition(":")[0] for volume in service.get("volumes", [])]
        assert {name for name in named if name[0] != "."} <= set(COMPOSE["volumes"])
        assert set(service["networks"]) <= set(COMPOSE["networks"])
        assert set(service.get("depends_on", [])) <= set(services)
        assert service["restart"] == "unless-stopped"
    header = COMPOSE_TEXT.partition("services:")[0]
    assert {name for name in re.findall(r"\$\{(\w+)", COMPOSE_TEXT) if name not in header} == set()
    assert "ports" not in services["database"]
    assert "ports" not in services["bot"]
    # What the bot keeps is in volumes of the image, and a container's own files cannot be written.
    volumes = exec_form(dict(instructions(DOCKERFILE))["VOLUME"])
    targets = {volume.split(":")[1] for volume in services["bot"]["volumes"]}
    assert targets | {"/data"} == set(volumes)


@pytest.mark.skipif(
    not shutil.which("docker")
    or subprocess.run(
        ["docker", "compose", "version"], capture_output=True, check=False
    ).returncode,
    reason="no docker compose",
)
def test_docker_reads_compose(tmp_path: Path) -> None:
    """As docker itself does; no daemon is needed for it."""
    shutil.copy(ROOT / "compose.yaml", tmp_path)
    (tmp_path / ".env").write_text("".join(f"{key}={value}\n" for key, value in VARIABLES.items()))
    command = ["docker", "compose", "config", "--quiet"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=TIMEOUT)


def test_the_image_holds_no_more_than_is_copied() -> None:
    """Everything is kept out of the build but what a COPY names; never .env, keys or databases."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    copied = set()
    for name, arguments in instructions(DOCKERFILE):
        if name == "COPY" and "--from" not in arguments:
            words = [word for word in arguments.split() if not word.startswith("--")]
            copied |= set(words[:-1])
    assert rules[0] == "*"
    assert {rule[1:] for rule in rules if rule.startswith("!")} == copied
    assert all((ROOT / name).exists() for name in copied)
    assert {"**/.env*", "**/*.db", "**/*.key"} <= set(rules[len(copied) :])


def test_the_image_does_not_run_as_root() -> None:
    """Its base has no compiler, and is a version of Python that the project supports."""
    found = dict(instructions(DOCKERFILE))
    assert found["USER"] not in ("root", "0")
    assert found["FROM"] == BASE
    version = re.search(r"3\.\d+", BASE)
    assert version
    assert f"Python :: {version[0]}" in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.mark.slow
async def test_the_steps_of_the_image(stage: Stage, tmp_path: Path) -> None:
    """They end well, and what they make answers, is healthy, and stops; this takes a minute."""
    images = built(tmp_path / "image")
    try:
        image = await asyncio.to_thread(images.__enter__)
    except PermissionError as error:
        if os.environ.get("REQUIRE_MOUNT"):
            pytest.fail(str(error))
        pytest.skip(str(error))
    try:
        assert not (image.root / "source").exists()
        assert not list((image.root / "opt/article-bot/bin").glob("pip*"))
        port = free_port()
        assert "8081" in image.environ["HEALTH_LISTEN"]
        own = {
            "BOT_TOKEN": TOKEN,
            "BOT_API_URL": stage.server.url,
            "HEALTH_LISTEN": f"127.0.0.1:{port}",
        }
        health = exec_form(image.settings["HEALTHCHECK"].replace("8081", str(port)))
        await runs_and_stops(image, stage, own, health)
    finally:
        images.__exit__(None, None, None)


async def runs_and_stops(
    image: Image, stage: Stage, own: dict[str, str], health: list[str]
) -> None:
    assert image.run(health).returncode == 1
    command = [*exec_form(image.settings["ENTRYPOINT"]), *exec_form(image.settings["CMD"])]
    bot = subprocess.Popen(
        image.command(command, **own), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )

    async def healthy() -> bool:
        assert bot.poll() is None, bot.stdout and bot.stdout.read()
        return (await asyncio.to_thread(image.run, health)).returncode == 0

    try:
        await until(healthy)
        reader = await stage.reader()
        assert "security" in (await reader.send("what did the US agree to?"))["text"]
        doctor = await asyncio.to_thread(image.run, ["article-bot", "doctor"], **own)
        assert doctor.returncode == 0, doctor.stdout + doctor.stderr
        bot.terminate()
        assert await asyncio.to_thread(bot.wait, TIMEOUT) == 0, bot.stdout and bot.stdout.read()
        kept = (image.root / "data/votes.db").stat()
        assert (kept.st_uid, kept.st_mode & 0o777) == (10001, 0o600)
    finally:
        bot.kill()
        bot.communicate()
