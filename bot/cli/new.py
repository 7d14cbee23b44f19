"""``article-bot new``: an empty article to fill in."""

import argparse
from pathlib import Path

from bot.config import Settings
from bot.corpus.article import ID_PATTERN
from bot.corpus.yaml import one_line
from bot.errors import CorpusError, Fault

TEMPLATE = """\
---
# Fill in the lines below, and try it: article-bot check
{title}
# One or two sentences that say what the article is about:
standfirst:
# The language of the text: en, de, pt-BR, ...
language: en
# What readers may ask; the article must answer it:
questions:
  -
# If you know them, without the "#":
# url: https://example.org/page
# author: A. Writer
# published: 2026-01-31
# Other names of what the article is about:
# aliases:
#   Bridge Company: [the builder, BC]
---
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to its parser."""
    parser.add_argument(
        "name", help="the article's id: 1 to 32 lowercase letters a-z, digits and hyphens"
    )
    parser.add_argument("--title", default="", help="the headline")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Make an empty article to fill in.

    Writes NAME.md with all fields and comments into CORPUS_DIR, or else into
    ./corpus. Fill it in, put the text below, and check it. An existing file is
    never replaced.

    Examples:
        article-bot new bridge-opens
        article-bot new bridge-opens --title "Bridge Opens After Six Years"
    """
    import yaml  # noqa: PLC0415

    name = arguments.name.removesuffix(".md")
    file = (settings.corpus_dir or Path("corpus")) / f"{name}.md"
    if not ID_PATTERN.fullmatch(name):
        hint = "Use 1 to 32 lowercase letters a-z, digits and hyphens; the first is no hyphen."
        raise CorpusError(Fault(file, None, f"{name!r} cannot be an article's name.", hint))
    title = one_line(arguments.title)
    line = "title:"
    if title:
        line = yaml.safe_dump({"title": title}, allow_unicode=True, width=1_000_000).strip()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as stream:
            stream.write(TEMPLATE.format(title=line))
    except FileExistsError:
        hint = "Choose another name, or edit that file."
        raise CorpusError(Fault(file, None, "The file exists already.", hint)) from None
    except OSError as error:
        problem = f"The file cannot be written ({error.strerror})."
        hint = "Check its folder's permissions, or set CORPUS_DIR to another folder."
        raise CorpusError(Fault(file, None, problem, hint)) from None
    print(f"Fill in {file}, put the text below the second '---', and run: article-bot check")
    return 0
