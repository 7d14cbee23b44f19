"""Many small articles, each about a place of its own."""

from bot.corpus.article import Article

# fmt: off
PLACES = [
    "Arnsund", "Belvar", "Corvik", "Dalmere", "Eskholm", "Farnow", "Gelden",
    "Harwick", "Istrana", "Jolmar", "Kestrel", "Lomara", "Mirvale", "Norwen",
    "Ostrava", "Pelham", "Quarda", "Rindal", "Sorvik", "Tarnow", "Ulmen",
    "Varga", "Welsow", "Yarrow", "Zelden",
]
# fmt: on
KINDS = ("bridge", "museum", "harbour", "library", "stadium", "theatre", "airport", "market")


def question(number: int) -> str:
    """What only the article of a number answers."""
    return f"How long did the {_kind(number)} of {_place(number)} take to build?"


def article(number: int, years: int | None = None, language: str = "en") -> Article:
    """Return the article of a number; at another number of years, it is another version of it."""
    kind, place = _kind(number), _place(number)
    years = years if years is not None else 2 + number % 7
    return Article(
        id=f"{kind}-{place}".lower(),
        title=f"New {kind} for {place}",
        standfirst=f"The {kind} of {place} opened on Monday after a long delay.",
        language=language,
        questions=(question(number), "Who won the world cup?"),
        paragraphs=(
            f"It took {years} years to build the {kind} of {place}, longer than was planned.",
            f"The mayor said that {10 + number} million dollars were spent on the {kind}.",
            "Storms in the second winter were to blame. They broke two cranes.",
        ),
    )


def articles(count: int) -> list[Article]:
    """Return the articles of the first numbers; at most 200 are different."""
    return [article(number) for number in range(count)]


def _kind(number: int) -> str:
    return KINDS[number // len(PLACES) % len(KINDS)]


def _place(number: int) -> str:
    return PLACES[number % len(PLACES)]
