"""Inline mode: readers ask in any chat, the bot offers, readers choose."""

import asyncio

import pytest
from telegram import ChosenInlineResult, Update

from .conftest import ADA, BEN
from .test_sandbox_messages import button, keyboard

TOO_OLD = (400, "query is too old and response timeout expired or query ID is invalid")


def article(number="1", text="Hello", **more):
    content = {"message_text": text, **more.pop("content", {})}
    fields = {"type": "article", "id": number, "title": "A title"}
    return {**fields, "input_message_content": content, **more}


async def updates(api, kind):
    return [update for update in await api("getUpdates") if kind in update]


async def asked(api, people, *results, query="q", reader=ADA, answer=None, **fields):
    """What the reader gets, once the bot has answered with these results."""
    before = {update["update_id"] for update in await api("getUpdates")}
    waiting = asyncio.create_task(
        people.post("inline_queries", reader=reader, query=query, **fields)
    )
    new = []
    while not new and not waiting.done():
        new = [u for u in await updates(api, "inline_query") if u["update_id"] not in before]
    if new:
        query_id = new[0]["inline_query"]["id"]
        await api(
            "answerInlineQuery", inline_query_id=query_id, results=list(results), **(answer or {})
        )
    return await waiting


async def open_query(people, **fields):
    """The id of a query that waits for its answer."""
    fields = {"reader": ADA, "query": "q", "wait": 0, **fields}
    return (await people.post("inline_queries", **fields))["inline_query_id"]


async def test_a_query_and_its_answer(api, people):
    """The bot gets who asks, what and where; the reader gets what the bot gave."""
    result = article(reply_markup=keyboard([button()]), description="More")
    above = {"text": "Open", "start_parameter": "from-inline_1"}
    got = await asked(api, people, result, query="x" * 300, answer={"button": above})
    (update,) = await api("getUpdates")
    query = Update.de_json(update, None).inline_query
    assert (query.id, query.query, query.offset) == (got["inline_query_id"], "x" * 256, "")
    assert (query.from_user.id, query.chat_type) == (ADA, "sender")
    assert got == {
        "inline_query_id": query.id,
        "update_id": update["update_id"],
        "query": "x" * 256,
        "cached": False,
        "results": [result],
        "next_offset": "",
        "button": above,
        "cache_time": 300,
        "is_personal": False,
    }


async def test_where_it_is_typed(api, people):
    """Groups too are told, by their kind only."""
    group = (await people.post("groups", title="A", readers=[BEN]))["chat"]
    await open_query(people, reader=BEN, chat=group, offset="20")
    (update,) = await api("getUpdates")
    query = update["inline_query"]
    assert (query["chat_type"], query["offset"]) == ("supergroup", "20")
    await people.refused("inline_queries", reader=ADA, chat=group, query="x")


async def test_no_answer_in_time(api, people):
    """Null; the bot may still be in time for the next who asks."""
    got = await people.post("inline_queries", reader=ADA, query="q", wait=0.05)
    assert (got["results"], got["cached"]) == (None, False)
    place = {"inline_query_id": got["inline_query_id"], "results": [article()]}
    assert await api("answerInlineQuery", **place) is True
    assert (await asked(api, people))["cached"] is True


async def test_the_cache(api, people):
    """By query and offset, for everybody, without an update; each query has its own id."""
    first = await asked(api, people, article(), answer={"next_offset": "1"})
    again = await asked(api, people, reader=BEN)
    assert again == {
        **first,
        "inline_query_id": again["inline_query_id"],
        "update_id": None,
        "cached": True,
    }
    assert again["inline_query_id"] != first["inline_query_id"]
    assert (await asked(api, people, article("2"), offset="1"))["cached"] is False
    assert (await asked(api, people, article("2"), query="other"))["cached"] is False


async def test_personal_answers_are_cached_for_one(api, people):
    """Others have the bot asked."""
    await asked(api, people, article("ada"), answer={"is_personal": True})
    ben = await asked(api, people, article("ben"), reader=BEN)
    assert (ben["cached"], ben["results"][0]["id"]) == (False, "ben")
    ada = await asked(api, people)
    assert (ada["cached"], ada["results"][0]["id"], ada["is_personal"]) == (True, "ada", True)


async def test_how_long_the_cache_holds(api, people):
    """cache_time seconds; 0 is not at all."""
    for _ in range(2):
        got = await asked(api, people, article(), answer={"cache_time": 0})
        assert (got["cached"], got["cache_time"]) == (False, 0)
    await asked(api, people, article(), query="short", answer={"cache_time": 1})
    assert (await asked(api, people, query="short"))["cached"] is True
    await asyncio.sleep(1.05)
    assert (await asked(api, people, article(), query="short"))["cached"] is False


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"results": [article(str(n)) for n in range(51)]}, "RESULTS_TOO_MUCH"),
        ({"results": [article(), article()]}, "RESULT_ID_DUPLICATE"),
        ({"results": [article("")]}, "RESULT_ID_INVALID"),
        ({"results": [article("é" * 33)]}, "RESULT_ID_INVALID"),
        ({"results": [article(5)]}, "RESULT_ID_INVALID"),
        ({"results": {}}, "can't parse inline query results"),
        ({}, "can't parse inline query results"),
        ({"results": ["x"]}, "can't parse inline query result: "),
        ({"results": [article(title=" ")]}, "can't parse inline query result: "),
        ({"results": [{"type": "article", "id": "1", "title": "A"}]}, "can't parse inline query"),
        ({"results": [article(text=" ")]}, "message text is empty"),
        ({"results": [article(text="x" * 4097)]}, "message is too long"),
        ({"results": [article(content={"entities": [{"type": "no"}]})]}, "can't parse Message"),
        ({"results": [article(reply_markup=keyboard([{"text": "A"}]))]}, "can't parse inline key"),
        ({"results": [article(type="photo")]}, "the sandbox takes"),
        ({"results": [], "next_offset": "é" * 33}, "NEXT_OFFSET_INVALID"),
        ({"results": [], "button": {"text": "A"}}, "can't parse inline query results button"),
        ({"results": [], "button": {"start_parameter": "a"}}, "can't parse inline query results"),
        ({"results": [], "button": {"text": "A", "start_parameter": "a b"}}, "START_PARAM_INV"),
        ({"results": [], "button": {"text": "A", "start_parameter": "a" * 65}}, "START_PARAM_IN"),
    ],
)
async def test_answers_that_are_refused(api, people, params, words):
    """A 400 in Telegram's words; the query can still be answered."""
    query_id = await open_query(people)
    status, said = await api.refused("answerInlineQuery", inline_query_id=query_id, **params)
    assert (status, said[: len(words)]) == (400, words)
    assert await api("answerInlineQuery", inline_query_id=query_id, results=[]) is True


async def test_the_largest_answer(api, people):
    """50 results, ids of 64 bytes, an offset of 64; no results are an answer too."""
    results = [article(f"{n:064}") for n in range(50)]
    got = await asked(api, people, *results, answer={"next_offset": "x" * 64})
    assert (len(got["results"]), got["next_offset"]) == (50, "x" * 64)
    assert (await asked(api, people, query="none"))["results"] == []


async def test_queries_are_answered_once(api, people, server):
    """Neither unknown nor old ones can be answered."""
    query_id = await open_query(people)
    assert await api("answerInlineQuery", inline_query_id=query_id, results=[]) is True
    for known in (query_id, "5"):
        refused = await api.refused("answerInlineQuery", inline_query_id=known, results=[])
        assert refused == TOO_OLD
    query_id = await open_query(people, query="later")
    server.world.inline_queries.max_age = 0
    refused = await api.refused("answerInlineQuery", inline_query_id=query_id, results=[])
    assert refused == TOO_OLD


async def chosen(people, got, chat, result="1", reader=ADA, **more):
    place = {"reader": reader, "chat": chat, "inline_query_id": got["inline_query_id"]}
    return await people.post("inline_queries/choose", **place, result_id=result, **more)


async def test_a_result_is_chosen(api, people):
    """An inline message of the reader's; the bot hears of the choice, with the id to edit it."""
    group = (await people.post("groups", title="A", readers=[ADA, BEN]))["chat"]
    bold = [{"type": "bold", "offset": 0, "length": 5}]
    markup = keyboard([button()])
    result = article(reply_markup=markup, content={"entities": bold})
    got = await asked(api, people, result)
    done = await chosen(people, got, group)
    message = done["message"]
    assert (message["from"]["id"], message["text"], message["entities"]) == (ADA, "Hello", bold)
    assert (message["via_bot"]["is_bot"], message["reply_markup"]) == (True, markup)
    _, choice, told = (Update.de_json(u, None) for u in await api("getUpdates"))
    assert choice.update_id == done["chosen_update_id"]
    assert choice.chosen_inline_result.inline_message_id == done["inline_message_id"]
    assert isinstance(choice.chosen_inline_result, ChosenInlineResult)
    assert (choice.chosen_inline_result.result_id, choice.chosen_inline_result.query) == ("1", "q")
    assert choice.chosen_inline_result.from_user.id == ADA
    assert (told.update_id, told.message.via_bot.is_bot) == (done["update_id"], True)
    place = {"inline_message_id": done["inline_message_id"]}
    assert await api("editMessageText", **place, text="Changed") is True


async def test_what_feedback_tells(api, people):
    """No inline id without a keyboard; nothing at all when it is off or lost."""
    got = await asked(api, people, article())
    await chosen(people, got, ADA)
    (update,) = await updates(api, "chosen_inline_result")
    assert "inline_message_id" not in update["chosen_inline_result"]
    (told,) = await updates(api, "message")
    assert (told["message"]["via_bot"]["is_bot"], told["message"]["chat"]["id"]) == (True, ADA)
    assert (await chosen(people, got, ADA, feedback=False))["chosen_update_id"] is None
    await people.post("bot", inline_feedback=False)
    assert (await chosen(people, got, ADA))["chosen_update_id"] is None
    assert len(await updates(api, "chosen_inline_result")) == 1


async def test_a_cached_result_is_chosen(api, people):
    """By who asked, under the id of that reader's own query."""
    got = await asked(api, people, article(reply_markup=keyboard([button()])))
    cached = await asked(api, people, reader=BEN)
    group = (await people.post("groups", title="A", readers=[ADA, BEN]))["chat"]
    await people.post(f"groups/{group}/remove")
    done = await chosen(people, cached, group, reader=BEN)
    assert (done["update_id"], done["message"]["from"]["id"]) == (None, BEN)
    place = {"reader": ADA, "chat": group, "message_id": done["message"]["message_id"]}
    await people.post("taps", **place, data="a")
    (tap,) = await updates(api, "callback_query")
    assert tap["callback_query"]["inline_message_id"] == done["inline_message_id"]
    wrong = {"reader": BEN, "chat": group, "inline_query_id": got["inline_query_id"]}
    assert await people.refused("inline_queries/choose", **wrong, result_id="1") == 400


async def test_what_cannot_be_asked_or_chosen(api, people):
    """Each with a sentence that says why."""
    query_id = await open_query(people)
    fields = {"reader": ADA, "chat": ADA, "inline_query_id": query_id, "result_id": "1"}
    assert await people.refused("inline_queries/choose", **fields) == 400
    await api("answerInlineQuery", inline_query_id=query_id, results=[article()])
    for wrong, status in (
        ({"result_id": "2"}, 404),
        ({"inline_query_id": "5"}, 404),
        ({"chat": BEN}, 400),
        ({"reader": 5}, 404),
        ({"feedback": 1}, 400),
    ):
        assert await people.refused("inline_queries/choose", **{**fields, **wrong}) == status
    for wrong in ({"query": 5}, {"offset": 5}, {"wait": 31}, {"wait": "x"}, {"chat": BEN}):
        asked_for = {"reader": ADA, "query": "q", **wrong}
        assert await people.refused("inline_queries", **asked_for) == 400
    await people.post("bot", inline=False)
    assert await people.refused("inline_queries", reader=ADA, query="q") == 400


async def test_calls_show_the_results(api, people):
    """Decoded, for a person to read."""
    query_id = await open_query(people)
    place = {"inline_query_id": query_id, "cache_time": 5, "is_personal": True}
    await api("answerInlineQuery", **place, results=[article()])
    (call,) = (
        c for c in (await people.get("calls"))["calls"] if c["method"] == "answerInlineQuery"
    )
    assert call["params"] == {**place, "results": [article()]}
