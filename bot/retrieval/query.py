"""temporary"""
from dataclasses import dataclass
from bot.retrieval.analysis import words
from bot.retrieval.intents import Intent, read_phrases, Phrases


@dataclass(frozen=True)
class Query:
    text: str
    words: tuple[str, ...]
    intent: Intent | None


@dataclass(frozen=True)
class QueryParser:
    phrases: Phrases

    def parse(self, text: str) -> Query:
        kind = self.phrases.kind(text)
        return Query(text, tuple(words(text)), Intent(kind) if kind else None)


def read_query_parser() -> QueryParser:
    return QueryParser(read_phrases())
