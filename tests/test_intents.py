"""What messages mean: bot/data/intents, on messages in six languages (intents.yaml)."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.retrieval.analysis import words
from bot.retrieval.intent_words import FOLDER
from bot.retrieval.intents import Intent
from bot.retrieval.query import parse_query
from tests.support.corpora import ROOT

QUESTION = "question"
KINDS = {*map(str, Intent), QUESTION}


def messages(language: str) -> Iterator[tuple[str, str]]:
    """Yield what a message means and the message."""
    data = yaml.safe_load((ROOT / "tests" / "intents.yaml").read_text(encoding="utf-8"))
    for kind, texts in data[language].items():
        yield from ((kind, text) for text in texts)


def meaning(text: str) -> str:
    return str(parse_query(text).intent or QUESTION)


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_the_words_of_plain_text_are_found_as_those_of_any_other(text: str) -> None:
    """There is a faster way for text of ASCII alone."""
    assert [*words(text), "ж"] == words(f"{text} ж")


@pytest.mark.parametrize("language", ["en", "uk", "ru", "de", "es", "ar", "any", "mixed"])
def test_what_messages_mean(language: str) -> None:
    """Each is what it is, in whatever case and with whatever punctuation."""
    for kind, text in messages(language):
        assert kind in KINDS
        assert (text, meaning(text)) == (text, kind)
        assert (text, meaning(f"  {text.upper()} !!")) == (text, kind)


def test_what_readers_of_the_conversations_mean() -> None:
    """The set that was written without knowledge of the code."""
    data = yaml.safe_load((ROOT / "tests" / "conversations.yaml").read_text(encoding="utf-8"))
    turns = itertools.chain.from_iterable(each["turns"] for each in data["conversations"])
    for turn in turns:
        expected = turn["expect"] if isinstance(turn["expect"], list) else [turn["expect"]]
        kinds = {kind.removesuffix("_unknown") for kind in expected} & KINDS
        assert meaning(turn["write"]) in (kinds or {QUESTION, Intent.MORE}), turn


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("hey bot, what did the US agree to?", "what did the US agree to?"),
        ("thank you, and will fares go up?", "and will fares go up?"),
        ("Hallo, wohin werden die Schwimmkurse verlegt?", "wohin werden die Schwimmkurse verlegt?"),
        ("hello, how much will it cost? thanks", "how much will it cost?"),
        ("could you please tell me who pays, please 🙏", "who pays"),
        ("привіт! що сполучає маршрут 9", "що сполучає маршрут 9"),
        ("добрый день, подскажите пожалуйста, где озеро?", "где озеро?"),
        ("buenas tardes, ¿por qué no regresan?", "¿por qué no regresan?"),
        ("السلام عليكم، ماذا يخشى الصيادون؟", "ماذا يخشى الصيادون؟"),
        ("whats her phone number lol :D", "whats her phone number"),
        ("ok. great! Who is Moira Tennant", "Who is Moira Tennant"),
        ("Great Britain?", "Great Britain?"),
        ("thanks to whom did the bees return?", "thanks to whom did the bees return?"),
        ("who repaired the bot?", "who repaired the bot?"),
        ("who  said 'U.S.'?", "who  said 'U.S.'?"),
    ],
)
def test_what_frames_a_question_is_taken_off(text: str, asks: str) -> None:
    """But nothing that may be part of it; what was asked is kept."""
    query = parse_query(text)
    assert (query.intent, query.text) == (None, asks)
    assert query.words == tuple(words(asks))


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("hey, could you sum this up for me please?", Intent.SUMMARY),
        ("hi, who wrote this? thanks", Intent.AUTHOR),
        ("ok thanks bot", Intent.THANKS),
        ("hello bot how are you", Intent.GREETING),
        ("haha nice", Intent.SMALL_TALK),
    ],
)
def test_a_framed_message_is_what_it_is_without(text: str, intent: Intent) -> None:
    """A message that is nothing but frame is its most telling part."""
    assert parse_query(text).intent is intent


@pytest.mark.parametrize(
    ("text", "searched"),
    [
        ("what does the article say about NATO?", "what nato"),
        ("Is there anything about bees in this article?", "is there anything about bees"),
        ("according to the article, who pays?", "who pays"),
        ("what about Article 5", "what about article 5"),
        ("does the article 5 apply?", "does the article 5 apply"),
        ("wer zahlt laut Artikel?", "wer zahlt"),
        ("was sagt Artikel 5?", "was sagt artikel 5"),
        ("кто платит, согласно статье?", "кто платит"),
        ("скільки монет у цій статті?", "скільки монет"),
        ("según el artículo, quién paga", "quien paga"),
        ("من دفع في هذا المقال؟", "من دفع"),
        ("the article", "the article"),
    ],
)
def test_the_article_that_is_asked_is_no_search_word(text: str, searched: str) -> None:
    """Unless it is an article with a number, or the message says nothing else."""
    assert " ".join(parse_query(text).words) == searched


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("sumarize teh aritcle plz", "summary"),
        ("who is the atuhor", "author"),
        ("hiiii", "greeting"),
        ("thaaanks", "thanks"),
        ("ajajaja", "small_talk"),
        ("ахахахах", "small_talk"),
        ("هههههههه", "small_talk"),
        ("tanks", QUESTION),
        ("stores", QUESTION),
        ("the summer?", QUESTION),
    ],
)
def test_typing_errors_and_repeated_letters_are_forgiven(text: str, kind: str) -> None:
    """But no word of its own is taken for another."""
    assert meaning(text) == kind


@pytest.mark.parametrize("text", ["", "?!", "...", "5", "‍"])
def test_what_says_nothing_means_nothing(text: str) -> None:
    """Whoever answers says that there is nothing to read."""
    assert parse_query(text).intent is None


def test_a_long_message_is_a_question() -> None:
    """However it is made."""
    assert meaning("who wrote this article " * 5) == QUESTION


def test_the_data_is_as_it_says() -> None:
    """Every word is one word, every group is defined and used, every intent is known."""
    for file in FOLDER.glob("*.yaml"):
        value = yaml.safe_load(file.read_text(encoding="utf-8"))
        groups = value.get("words", {})
        assert value.get("intents", {}).keys() <= KINDS
        used = set()
        for text in [*groups.values(), *texts_of(value)]:
            for item in text.removeprefix("> ").split():
                assert item.count("(") == item.count(")")
                names = set(item.strip("()").split("|"))
                used |= names & groups.keys()
                for name in names - groups.keys():
                    assert not (name.isascii() and name.isupper()), (file.name, name)
                    assert len(words(name)) == 1, (file.name, name)
        assert used == groups.keys(), file.name


def texts_of(value: dict[str, Any]) -> Iterator[str]:
    """Yield what is written in words, groups and patterns."""
    yield value.get("filler", "")
    for intent in value.get("intents", {}).values():
        yield from (intent.get("with", ""), intent.get("not_first", ""), *intent["patterns"])
    for phrases in value.get("phrases", {}).values():
        yield from phrases
