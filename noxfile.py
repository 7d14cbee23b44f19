"""The commands that contributors need; ``nox --list`` shows them.

Each runs in an environment of its own, which is made at the first run and used again.
"""

import nox

nox.needs_version = ">=2025.2.9"
nox.options.sessions = ["lint", "types", "quick"]
nox.options.reuse_venv = "yes"


@nox.session(python=["3.11", "3.12", "3.13", "3.14"])
def tests(session: nox.Session) -> None:
    """Run all tests, on every supported Python version that is installed."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "pytest", *session.posargs)


@nox.session
def quick(session: nox.Session) -> None:
    """Run the tests that need no browser and take little time."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "pytest", "-m", "not page and not slow", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and formatting, also of the sandbox's JavaScript."""
    session.install("-e", ".[test]")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run(
        "oxlint", "--config", "tests/page/.oxlintrc.json", "--deny-warnings", "bot/sandbox/page"
    )


@nox.session
def types(session: nox.Session) -> None:
    """Check types."""
    session.install("-e", ".[test]")
    session.run("mypy", *session.posargs)


@nox.session
def sandbox(session: nox.Session) -> None:
    """Try the bot on this machine; Ctrl-C stops it."""
    session.install("-e", ".")
    session.run("article-bot", "sandbox", *session.posargs)
