"""Sending, editing and deleting; texts, entities and keyboards."""

import pytest

from .conftest import ADA, BEN

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


def keyboard(*rows):
    return {"inline_keyboard": [list(row) for row in rows]}


def button(text="A", **action):
    return {"text": text, **(action or {"callback_data": "a"})}


async def test_a_message_is_telegrams(api):
    """All fields of a sent message, and no other."""
    markup = keyboard([button()])
    message = await api("sendMessage", chat_id=ADA, text="Hello", reply_markup=markup)
    assert isinstance(message.pop("date"), int)
    assert message.pop("message_id") > 0
    assert message == {
        "from": {
            "id": 123456,
            "is_bot": True,
            "first_name": "Article bot",
            "username": "article_sandbox_bot",
        },
        "chat": {"id": ADA, "first_name": "Ada", "type": "private"},
        "text": "Hello",
        "reply_markup": markup,
    }


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": " \n\t "}, "message text is empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "😀" * 2049}, "message is too long"),
        ({"chat_id": 5}, "chat not found"),
        ({"chat_id": "@nobody"}, "chat not found"),
        ({"chat_id": ""}, "chat_id is empty"),
        ({"parse_mode": "HTML"}, "the sandbox takes entities, not parse_mode"),
        ({"reply_parameters": {"message_id": 9}}, "message to be replied not found"),
        ({"reply_parameters": [1]}, "can't parse reply parameters: expected an Object"),
        ({"reply_to_message_id": 9}, "message to be replied not found"),
        ({"link_preview_options": [1]}, "can't parse link_preview_options: expected an Object"),
    ],
)
async def test_what_cannot_be_sent(api, params, words):
    """A 400 in Telegram's words."""
    assert await api.refused("sendMessage", **{"chat_id": ADA, "text": "x", **params}) == (
        400,
        words,
    )


async def test_longest_text(api):
    """4096 UTF-16 units after trimming are taken."""
    for text in (" " + "x" * 4096 + "\n", "😀" * 2048):
        sent = await api("sendMessage", chat_id=ADA, text=text)
        assert sent["text"] == text.strip()


async def test_entities_move_with_the_trimmed_text(api):
    """Offsets are UTF-16 units; entities are clipped to the text, sorted, and dropped if empty."""
    entities = [
        {"type": "italic", "offset": 5, "length": 900},
        {"type": "bold", "offset": 0, "length": 5, "junk": 1},
        {"type": "text_link", "offset": 5, "length": 1, "url": "https://example.com/"},
        {"type": "code", "offset": 5, "length": 0},
        {"type": "code", "offset": 700, "length": 4},
        {"type": "text_link", "offset": 5, "length": 2, "url": "javascript:alert(1)"},
    ]
    sent = await api("sendMessage", chat_id=ADA, text="\n 😀\rab c \n", entities=entities)
    assert sent["text"] == "😀ab c"
    assert sent["entities"] == [
        {"type": "bold", "offset": 0, "length": 2},
        {"type": "italic", "offset": 2, "length": 4},
        {"type": "text_link", "offset": 2, "length": 1, "url": "https://example.com/"},
    ]


@pytest.mark.parametrize(
    "entity",
    [
        {"type": "bold", "offset": -1, "length": 2},
        {"type": "bold", "offset": 0, "length": -2},
        {"type": "bold", "offset": "0", "length": 2},
        {"type": "bold", "offset": 0.5, "length": 2},
        {"type": "bold", "offset": True, "length": 2},
        {"type": "bold", "offset": 0},
        {"type": "blink", "offset": 0, "length": 2},
        {"type": ["bold"], "offset": 0, "length": 2},
        {"type": "text_link", "offset": 0, "length": 2},
        {"type": "bold", "offset": 1, "length": 2},
        "bold",
    ],
)
async def test_entities_that_cannot_be_parsed(api, entity):
    """A 400; so is half a character."""
    status, words = await api.refused("sendMessage", chat_id=ADA, text="😀 x", entities=[entity])
    assert status == 400
    assert words.startswith("can't parse")


async def test_at_most_100_entities(api):
    """The first hundred stay."""
    entities = [{"type": "bold", "offset": i, "length": 1} for i in reversed(range(150))]
    sent = await api("sendMessage", chat_id=ADA, text="x" * 150, entities=entities)
    assert [entity["offset"] for entity in sent["entities"]] == list(range(100))


async def test_telegram_finds_entities_by_itself(api, people):
    """Commands, mentions and addresses, for readers always, for the bot when it gives none."""
    text = "/start@article_sandbox_bot 😀 /help https://a.example/x?y=/z@q, b.org. @someone a/b c@d"
    written = await people.write(text)
    units = text.encode("utf-16-le")
    found = [
        (e["type"], units[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le"))
        for e in written["entities"]
    ]
    assert found == [
        ("bot_command", "/start@article_sandbox_bot"),
        ("bot_command", "/help"),
        ("url", "https://a.example/x?y=/z@q"),
        ("url", "b.org"),
        ("mention", "@someone"),
    ]
    assert (await api("sendMessage", chat_id=ADA, text=text))["entities"] == written["entities"]
    given = await api("sendMessage", chat_id=ADA, text=text, entities=[])
    assert given["entities"] == written["entities"]
    code = [{"type": "code", "offset": 0, "length": len(text)}]
    assert (await api("sendMessage", chat_id=ADA, text=text, entities=code))["entities"] == code


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        (keyboard([button(callback_data="x" * 65)]), "BUTTON_DATA_INVALID"),
        (keyboard([button(callback_data="é" * 33)]), "BUTTON_DATA_INVALID"),
        (keyboard([button(callback_data="")]), "BUTTON_DATA_INVALID"),
        (keyboard([button()] * 9), "REPLY_MARKUP_TOO_LONG"),
        (keyboard(*[[button()] * 8] * 13), "REPLY_MARKUP_TOO_LONG"),
        (keyboard([button("")]), "can't parse inline keyboard button"),
        (keyboard([{"text": "A"}]), "can't parse inline keyboard button"),
        (keyboard([button(url="a.b", callback_data="x")]), "can't parse inline keyboard button"),
        (keyboard([button(url="javascript:alert(1)")]), "inline keyboard button URL"),
        (keyboard(["A"]), "can't parse inline keyboard button"),
        ({"inline_keyboard": [1]}, "can't parse inline keyboard"),
        ({"nothing": 1}, "can't parse reply markup"),
        ([], "object expected"),
    ],
)
async def test_keyboards_that_cannot_be_sent(api, markup, words):
    """A 400 that names the limit."""
    status, said = await api.refused("sendMessage", chat_id=ADA, text="x", reply_markup=markup)
    assert status == 400
    assert said.startswith(words)


async def test_largest_keyboard(api):
    """64 bytes of data, 8 buttons a row, 100 in all; other keyboards are taken and not shown."""
    markup = keyboard(*[[button(callback_data="x" * 64)] * 8] * 12, [button()] * 4)
    sent = await api("sendMessage", chat_id=ADA, text="x", reply_markup=markup)
    assert sent["reply_markup"] == markup
    for other in ({"force_reply": True}, {"remove_keyboard": True}, keyboard(), {}):
        sent = await api("sendMessage", chat_id=ADA, text="x", reply_markup=other)
        assert "reply_markup" not in sent


async def test_replies(api, people):
    """The answer holds the message, one step deep; a missing one may be allowed to be missing."""
    question = await people.write("?")
    reply = {"message_id": question["message_id"]}
    first = await api("sendMessage", chat_id=ADA, text="!", reply_parameters=reply)
    assert first["reply_to_message"] == question
    reply = {"message_id": first["message_id"]}
    second = await api("sendMessage", chat_id=ADA, text="!!", reply_parameters=reply)
    assert "reply_to_message" not in second["reply_to_message"]
    lost = {"message_id": 1, "allow_sending_without_reply": True}
    third = await api("sendMessage", chat_id=ADA, text="!!!", reply_parameters=lost)
    assert "reply_to_message" not in third


async def test_edit_text(api):
    """New text, edit_date, and no keyboard unless the call gives one again."""
    markup = keyboard([button()])
    sent = await api("sendMessage", chat_id=ADA, text="a", reply_markup=markup)
    place = {"chat_id": ADA, "message_id": sent["message_id"]}
    same = {**place, "text": "a ", "reply_markup": markup}
    assert await api.refused("editMessageText", **same) == (400, NOT_MODIFIED)
    bold = [{"type": "bold", "offset": 0, "length": 1}]
    edited = await api("editMessageText", **same, entities=bold)
    assert edited.pop("edit_date") >= sent["date"]
    assert edited == {**sent, "entities": bold}
    edited = await api("editMessageText", **place, text="b")
    assert edited["text"] == "b"
    assert "reply_markup" not in edited
    assert "entities" not in edited


async def test_edit_keyboard(api):
    """Only the keyboard changes; with none given it goes."""
    sent = await api("sendMessage", chat_id=ADA, text="/a", reply_markup=keyboard([button()]))
    place = {"chat_id": ADA, "message_id": sent["message_id"]}
    method, new = "editMessageReplyMarkup", keyboard([button("B")])
    assert await api(method, **place, reply_markup=new) == {**sent, "reply_markup": new}
    assert await api.refused(method, **place, reply_markup=new) == (400, NOT_MODIFIED)
    assert await api.refused(method, **place, reply_markup={"force_reply": True}) == (
        400,
        "inline keyboard expected",
    )
    assert "reply_markup" not in await api(method, **place)
    assert await api.refused(method, **place) == (400, NOT_MODIFIED)


@pytest.mark.parametrize("method", ["editMessageText", "editMessageReplyMarkup"])
async def test_what_cannot_be_edited(api, people, method):
    """Unknown messages, inline messages, and what readers wrote."""
    theirs = (await people.write("x"))["message_id"]
    mine = (await api("sendMessage", chat_id=BEN, text="x"))["message_id"]
    markup = keyboard([button()])

    async def refusal(**place):
        status, words = await api.refused(method, text="y", reply_markup=markup, **place)
        assert status == 400
        return words

    assert await refusal(chat_id=ADA, message_id=theirs) == "message can't be edited"
    assert await refusal(chat_id=ADA, message_id=mine + 5) == "message to edit not found"
    assert await refusal(inline_message_id="x") == "MESSAGE_ID_INVALID"
    assert await refusal(chat_id=7, message_id=mine) == "chat not found"
    assert await refusal(chat_id=ADA) == "message identifier is not specified"


async def test_delete(api, people):
    """A message of either side goes once."""
    message_id = (await people.write("x"))["message_id"]
    assert await api("deleteMessage", chat_id=ADA, message_id=message_id) is True
    assert await api.refused("deleteMessage", chat_id=ADA, message_id=message_id) == (
        400,
        "message to delete not found",
    )


async def test_a_blocked_bot_cannot_write(api, people):
    """403 for that reader's chat only, until the reader lets the bot write again."""
    forbidden = (403, "Forbidden: bot was blocked by the user")
    await people.post(f"readers/{ADA}/block", blocked=True)
    assert await api.refused("sendMessage", chat_id=ADA, text="x") == forbidden
    assert await api.refused("sendChatAction", chat_id=ADA, action="typing") == forbidden
    await api("sendMessage", chat_id=BEN, text="x")
    await people.post(f"readers/{ADA}/block", blocked=False)
    await api("sendMessage", chat_id=ADA, text="x")
