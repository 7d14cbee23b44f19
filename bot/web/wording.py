"""Titles, names of authors and standfirsts, without what pages put around them."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from urllib.parse import unquote, urlsplit

from bot.corpus.yaml import one_line
from bot.web.extracted import MAX_AUTHOR, MAX_STANDFIRST, MAX_TITLE

MIN_COMMON = 0.3
"""Share of a heading's words that the page's title must have in common with it."""
_SEPARATOR = re.compile(r"\s*[|｜]\s*|\s+(?:[–—·•»«›‹:/\\-]|::)\s+")
_GENERAL = re.compile(r"(?:the|official|blog|news|home|homepage|website|magazine|online|beta)*")
"""What else there is in titles that only name the site."""
_BY = {
    "": r"by|(?:written|words|text|story|posted|published|authored) by|author|authors",
    "de": r"von|autor|autorin|text",
    "fr": r"par|auteur|auteure",
    "es": r"por|autor|autora",
    "pt": r"por|autor|autora",
    "it": r"di|a cura di|autore",
    "nl": r"door|auteur",
    "sv": r"av|text",
    "no": r"av|tekst",
    "nb": r"av|tekst",
    "da": r"af|tekst",
    "pl": r"autor|przez",
    "ru": r"автор|текст",
    "uk": r"автор|текст",
    "tr": r"yazan|yazar",
    "zh": r"作者|文|记者|記者",
    "ja": r"文|著者|執筆",
}
"""How bylines begin, by language; "" for every language."""
_NOBODY = re.compile(
    r"admin|administrator|root|user|guest|author|authors|editor|editors|staff|webmaster|unknown"
    r"|.*\bauthor|anonymous|none|null|undefined|redaktion|redacción|rédaction|redazione|redactie|redakcja",
    re.IGNORECASE,
)


def squashed(text: str) -> str:
    """Return only the letters and digits of a text, in lower case, to compare it with others."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def choose_title(titles: Sequence[str], headings: Sequence[str], sites: Iterable[str]) -> str:
    """Return the headline; "" if there is none.

    The heading that readers see is the headline if the page's title agrees: a heading may also be
    the site's name. The title for search engines is often another, and has the site's name in it.

    Args:
        titles: From the page's metadata, the best first.
        headings: Its headings of the first level.
        sites: Names of the site.
    """
    keys = {squashed(site) for site in sites} - {""}
    own = [without_site(title, keys) for title in titles]
    # "Blog", "Home" and the site's name say nothing of the article.
    own = [title for title in own if not _is_only_site(title, keys) and len(squashed(title)) > 1]
    for heading in headings:
        if squashed(heading) not in keys and any(_alike(heading, title) for title in own):
            return shortened(heading, MAX_TITLE)
    return shortened(next(iter([*own, *headings, *titles]), ""), MAX_TITLE)


def _alike(heading: str, title: str) -> bool:
    one, other = squashed(heading), squashed(title)
    if not one or not other:
        return False
    if one in other or other in one:
        return min(len(one), len(other)) * 3 >= max(len(one), len(other))
    words, others = (set(re.findall(r"\w{3,}", text.casefold())) for text in (heading, title))
    if len(words & others) >= max(2, MIN_COMMON * len(words)):
        return True
    return difflib.SequenceMatcher(None, one, other).ratio() > 0.6


def without_site(title: str, sites: set[str]) -> str:
    """Return a page's title without the site's name before or behind it.

    Args:
        title: As it stands in the page.
        sites: Names of the site, squashed.
    """
    while True:
        marks = list(_SEPARATOR.finditer(title))
        if not marks:
            return title
        first, last = marks[0], marks[-1]
        head, tail = title[: first.start()], title[last.end() :]
        if _is_site(tail, sites) or ("|" in last[0] and len(tail) < last.start()):
            title = title[: last.start()]
        elif _is_site(head, sites):
            title = title[first.end() :]
        else:
            return title


def _is_site(part: str, sites: set[str]) -> bool:
    key = squashed(part)
    return key in sites or any(
        len(site) > 3
        and (key.startswith(site) or key.endswith(site) or site == f"the{key}")
        and len(key) < 3 * len(site)
        for site in sites
    )


def by_words(language: str) -> str:
    """Return a regular expression of how bylines begin in a language, or in English."""
    return "|".join(filter(None, (_BY[""], _BY.get(language.split("-", maxsplit=1)[0]))))


def _is_only_site(title: str, sites: set[str]) -> bool:
    key = squashed(title)
    rests = [key, *(key.replace(site, "", 1) for site in sites if site in key)]
    return any(_GENERAL.fullmatch(rest) for rest in rests)


def clean_author(names: str, language: str) -> str:
    """Return names of authors without "By" before and roles behind them; "" if they are none."""
    by = "|".join(filter(None, (_BY[""], _BY.get(language.split("-", maxsplit=1)[0]))))
    text = re.sub(rf"^(?:{by})(?:\s*[:：]\s*|\s+)", "", one_line(names), flags=re.IGNORECASE)
    parts = []
    # "Ann Lee (https://example.org/ann), edited by Bo Ray"
    text = re.sub(r"\([^()]*[/@][^()]*\)|,?\s+edited by .*", "", text, flags=re.IGNORECASE)
    for part in re.split(r"\s*[;,|·•]\s*", text):
        name = re.sub(rf"^(?:{by})\s*[:：]?\s+", "", part, flags=re.IGNORECASE).strip(" .:–—-")
        if re.search(r"https?:|www\.|[@/\d]{1}", name) or _NOBODY.fullmatch(name):
            continue
        # A name has a few words; what is longer is a sentence about somebody.
        if name and len(name.split()) <= 8 and len(name) <= 80:
            parts.append(name)
    return shortened(", ".join(dict.fromkeys(parts)), MAX_AUTHOR)


def choose_author(candidates: Iterable[str], sites: Iterable[str], language: str) -> str | None:
    """Return who wrote an article, rather a person than the site; None if nobody is named.

    Args:
        candidates: Bylines, the most reliable first.
        sites: Names of the site.
        language: Of the article.
    """
    keys = {squashed(site) for site in sites}
    cleaned = [name for text in candidates if (name := clean_author(text, language))]
    people = [name for name in cleaned if squashed(name) not in keys]
    # Some sites are named after their author.
    return next(iter([*people, *cleaned]), None)


def choose_standfirst(candidates: Iterable[str], title: str, text: str) -> str:
    """Return the sentences that introduce an article; "" if there are only the text's own.

    Args:
        candidates: Descriptions of the page, the best first.
        title: The headline.
        text: The article's text as Markdown.
    """
    # Links and marks of Markdown would make equal sentences differ.
    whole = squashed(re.sub(r"\]\([^)]*\)", "", text[:20_000]))
    for candidate in candidates:
        cut = candidate.rstrip().endswith(("…", "...", "[...]", "[…]"))
        key = squashed(re.sub(r"\[?(…|\.\.\.)\]?$", "", candidate.rstrip()))
        begins = whole.startswith(key[:60]) or key[:-20] in whole[: len(key) + 600]
        if cut or begins or len(key) < 20 or key in squashed(title):
            continue
        return shortened(candidate, MAX_STANDFIRST)
    return ""


def name_in(url: str) -> str:
    """Return the last part of an address as words: ".../bridge-opens.html" -> "Bridge opens"."""
    last = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
    words = re.sub(r"[-_\d\s]+", " ", re.sub(r"\.\w{1,8}$", "", last)).strip()
    return words[:1].upper() + words[1:]


def shortened(text: str, limit: int) -> str:
    """Return a text of at most ``limit`` characters, cut between words."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:–-") + "…"
