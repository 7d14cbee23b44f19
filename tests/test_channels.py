"""Articles published in channels, and the discussion groups that they are forwarded to."""

import pytest

from bot.store.base import REPEAT_WINDOW
from tests.support.chat import Chat, buttons, marked
from tests.support.corpora import ARTICLE
from tests.support.processes import article_bot
from tests.support.sentences import ASK_ABOUT, taken_back, voted
from tests.support.stage import Stage

LOVE = f"r:{ARTICLE}:love"


async def last(chat: Chat) -> dict[str, object]:
    """The newest message of a chat."""
    response = await chat.client.get(f"/sandbox/chats/{chat.chat}/messages", params={"after": 0})
    return response.json()["messages"][-1]


async def name(chat: Chat) -> str:
    """A channel's @name."""
    state = (await chat.client.get("/sandbox/state")).json()
    return next(f"@{each['username']}" for each in state["chats"] if each["id"] == chat.chat)


@pytest.mark.slow
async def test_a_post_shows_the_article_with_reactions_and_a_link(stage: Stage) -> None:
    """Published by a command; taps on it count as everywhere."""
    await stage.bot()
    ada, ben = await stage.reader(), await stage.reader()
    channel = await stage.channel(ada, ben)
    asked = await ben.send("security guarantees")
    result = await stage.command("publish", ARTICLE, "--to", await name(channel[0]))
    assert result.returncode == 0, result.stderr
    assert "is posted in @" in result.stdout
    post = await last(channel[0])
    assert marked(post, "blockquote")[0].startswith("The United States has agreed to provide")
    button = post["reply_markup"]["inline_keyboard"][-1][0]
    assert button["text"] == ASK_ABOUT
    assert button["url"] == f"https://t.me/article_sandbox_bot?start={ARTICLE}"
    assert await channel[1].tap(post, LOVE) == voted("Love")
    await channel[0].shows(post, "❤️ 1", ASK_ABOUT)
    await ben.shows(asked, "❤️ 1")
    stage.clock.advance(REPEAT_WINDOW)
    assert await ben.tap(asked, LOVE) == taken_back("Love")
    await channel[0].shows_only(post, "👍", "👎", "❤️", "😂", "😡", "😢", "😮", ASK_ABOUT)


@pytest.mark.slow
async def test_the_same_article_again_edits_its_post(stage: Stage) -> None:
    """--again posts anew, and both are kept fresh; a post that was deleted is posted anew."""
    await stage.bot()
    ada = await stage.reader()
    channel = (await stage.channel(ada))[0]
    to = ("publish", ARTICLE, "--to", await name(channel))
    await stage.command(*to)
    first = await last(channel)
    assert "is up to date" in (await stage.command(*to)).stdout
    assert (await last(channel))["message_id"] == first["message_id"]
    await channel.tap(first, LOVE)
    await channel.shows(first, "❤️ 1")
    assert "is up to date" in (await stage.command(*to)).stdout
    assert "❤️ 1" in buttons(await channel.current(first))
    assert "is posted" in (await stage.command(*to, "--again")).stdout
    second = await last(channel)
    assert second["message_id"] > first["message_id"]
    await channel.tap(second, f"r:{ARTICLE}:wow")
    await channel.shows(first, "😮 1")
    await stage.post(
        "messages/delete", reader=ada.reader, chat=channel.chat, message_id=second["message_id"]
    )
    assert "is posted" in (await stage.command(*to)).stdout
    assert "😮 1" in buttons(await last(channel))


@pytest.mark.slow
async def test_a_changed_article_changes_its_post(stage: Stage) -> None:
    """That is what publishing it again is for."""
    await stage.bot()
    channel = (await stage.channel(await stage.reader()))[0]
    corpus = stage.folder / "corpus"
    corpus.mkdir()
    file = corpus / "bridge.md"
    text = (
        "---\ntitle: {}\nstandfirst: It opened.\nlanguage: de\nurl: https://example.org/b\n"
        "published: 2026-01-31\nauthor: A. Writer\nquestions: [When did it open]\n---\nOn Monday.\n"
    )
    file.write_text(text.format("Bridge"), encoding="utf-8")
    to = ("publish", "bridge", "--to", str(channel.chat))
    made = await stage.command(*to, CORPUS_DIR=str(corpus))
    assert made.returncode == 0, made.stderr
    post = await last(channel)
    assert buttons(post)[-1] == "💬 Zu diesem Artikel fragen"
    assert "A. Writer · 31. Januar 2026" in post["text"]
    assert "https://example.org/b" in post["text"]
    assert post["link_preview_options"]["url"] == "https://example.org/b"
    file.write_text(text.format("Bridge Opens"), encoding="utf-8")
    await stage.command(*to, CORPUS_DIR=str(corpus))
    assert (await channel.current(post))["text"].startswith("Bridge Opens")


@pytest.mark.slow
async def test_the_forward_in_the_discussion_group_loses_no_count(stage: Stage) -> None:
    """Taps there count, and it shows them, though the bot cannot edit it; a comment asks."""
    bot = await stage.bot()
    ada, ben = await stage.reader(), await stage.reader()
    talk = await stage.group(ada, ben)
    channel = await stage.channel(ada, ben, discussion=talk[0].chat)
    await stage.command("publish", ARTICLE, "--to", await name(channel[0]))
    post, forward = await last(channel[0]), await last(talk[0])
    assert forward["is_automatic_forward"]
    assert await talk[1].tap(forward, LOVE) == voted("Love")
    await channel[0].shows(post, "❤️ 1")
    await talk[0].shows(forward, "❤️ 1")
    assert await channel[0].tap(post, LOVE) == voted("Love")
    await talk[0].shows(forward, "❤️ 2")
    assert await stage.calls("editmessagereplymarkup", talk[0].chat) == []
    await talk[1].write(
        "@article_sandbox_bot who has to approve it?", reply_to=forward["message_id"]
    )
    assert "Senate" in (await talk[1].read())["text"]
    assert "WARNING" not in bot.output


@pytest.mark.slow
@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("@nowhere_at_all", "The bot cannot find the channel @nowhere_at_all"),
        ("no channel", "is not a channel: give @name"),
        ("1001", "is a private chat"),
    ],
)
async def test_a_wrong_channel_is_named(stage: Stage, to: str, said: str) -> None:
    """And what to do."""
    result = await stage.command("publish", ARTICLE, "--to", to)
    assert result.returncode == 2
    assert said in result.stderr


async def test_a_channel_where_it_may_not_post(stage: Stage) -> None:
    """It must be made an administrator."""
    channel = (await stage.channel(await stage.reader(), bot=False))[0]
    result = await stage.command("publish", ARTICLE, "--to", await name(channel))
    assert result.returncode == 2
    assert "administrator" in result.stderr


def test_publishing_needs_a_token() -> None:
    """And says where it comes from."""
    result = article_bot("publish", ARTICLE, "--to", "@x_channel")
    assert result.returncode == 2
    assert "BOT_TOKEN is not set" in result.stderr


@pytest.mark.slow
async def test_publishing_goes_on_after_a_refusal_for_now(stage: Stage) -> None:
    """And does not post twice when the answer was lost."""
    channel = (await stage.channel(await stage.reader()))[0]
    to = ("publish", ARTICLE, "--to", str(channel.chat))
    await stage.fault("500", method="sendMessage", times=1)
    await stage.fault("429", method="sendMessage", times=1, seconds=1)
    assert (await stage.command(*to)).returncode == 0
    await stage.fault("dropped", method="sendMessage", times=1)
    lost = await stage.command(*to, "--again")
    assert lost.returncode == 2
    assert "whether the post is there" in lost.stderr
    posts = (await stage.ask(f"chats/{channel.chat}/messages?after=0"))["messages"]
    assert len(posts) == 2


async def test_publishing_to_a_group_that_moved_names_where_it_is(stage: Stage) -> None:
    """Its posts stay behind."""
    group = (await stage.group(await stage.reader(), kind="group"))[0]
    to = ("publish", ARTICLE, "--to", str(group.chat))
    assert (await stage.command(*to)).returncode == 0
    new = (await stage.post(f"groups/{group.chat}/migrate"))["chat"]
    moved = await stage.command(*to)
    assert moved.returncode == 2
    assert f"publish to {new} instead" in moved.stderr
