"""What retrieval returns: passages, the sentence that answers, and how sure that is."""

from dataclasses import dataclass
from enum import StrEnum

from bot.corpus.article import Article, Passage


class Verdict(StrEnum):
    """What the bot may claim about an answer."""

    ANSWERED = "answered"
    UNSURE = "unsure"
    NOT_IN_ARTICLE = "not_in_article"


@dataclass(frozen=True)
class Match:
    """A passage and how well it fits a question.

    Attributes:
        passage: The passage.
        sentence: (start, end) of the sentence that fits best, in characters of the passage's text.
        sentence_number: That sentence's number in the passage, from 0.
        score: 0 or more; comparable within one question only.
        confidence: The share of the question that the passage holds beyond chance, 0 to 1.
        verdict: What the bot may claim if this is the best passage.
        sentences: (start, end) of all sentences of the passage.
    """

    passage: Passage
    sentence: tuple[int, int]
    sentence_number: int
    score: float
    confidence: float
    verdict: Verdict
    sentences: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Answer:
    """What an article says to a question.

    Attributes:
        verdict: What the bot may claim.
        article: The article that fits best, even if the verdict is NOT_IN_ARTICLE.
        matches: The best passages, best first; at least one.
        is_other_language: Whether the question is probably in another language than the article,
            and was compared with it by meaning; without an encoder it is False.
    """

    verdict: Verdict
    article: Article
    matches: tuple[Match, ...]
    is_other_language: bool = False

    @property
    def best(self) -> Match:
        """The passage that fits best."""
        return self.matches[0]
