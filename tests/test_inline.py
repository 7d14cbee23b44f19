"""Inline mode: a passage, with its reactions, in any chat."""

from tests.support.chat import Chat, buttons, marked
from tests.support.corpora import ARTICLE
from tests.support.databases import tracked_messages
from tests.support.sentences import changed, said, voted
from tests.support.stage import Sandbox, Stage

SENATE = "Who has to approve the package?"
TITLE = "US Offers Security Guarantees to Ukraine in Peace Talks, Officials Say."
LOVE = f"r:{ARTICLE}:love"


async def test_a_query_lists_the_best_passages(sandbox: Sandbox, ada: Chat) -> None:
    """By their sentences, with headline and place below; the first one is the chat's answer."""
    found = await sandbox.inline(ada, SENATE)
    first = found["results"][0]
    assert first["title"] == "The U.S. package is expected to require approval by the…"
    assert first["description"] == f"{TITLE} · ¶ 3/5"
    titles = [result["title"] for result in found["results"]]
    assert len(set(titles)) == len(titles)
    content = first["input_message_content"]
    assert content["message_text"].startswith(TITLE)
    assert content["message_text"].endswith("\n¶ 3/5")
    assert found["button"] is None


async def test_what_is_sent_has_no_word_of_the_bots_own(sandbox: Sandbox) -> None:
    """Nobody knows which language the other chat speaks; so it is equal for all readers."""
    english = await sandbox.inline(await sandbox.language_reader("en"), "who are the envoys?")
    ukrainian = await sandbox.inline(await sandbox.language_reader("uk"), "who are the envoys?")
    assert english["results"] == ukrainian["results"]
    assert not english["is_personal"]
    assert ukrainian["cached"]


async def test_without_a_query_the_article_and_its_questions_are_offered(
    sandbox: Sandbox, ada: Chat, ben: Chat
) -> None:
    """A question's message shows the question above the answer."""
    found = await sandbox.inline(ada, "")
    assert [result["title"] for result in found["results"]][:2] == [
        TITLE,
        "What did the US agree to?",
    ]
    assert len(found["results"]) == 6
    group = await sandbox.group(ada, ben, bot=False)
    article = await sandbox.choose(group[0], found, 0)
    assert marked(article, "blockquote")[0].startswith("The United States has agreed to provide")
    assert "reaction" not in article["text"]
    sample = await sandbox.choose(group[0], found, 2)
    assert sample["text"].startswith(f"{SENATE}\n\n{TITLE}")
    assert "approval by the U.S. Senate" in marked(sample, "bold")[1]


async def test_its_reactions_count_as_everywhere(sandbox: Sandbox, ada: Chat, ben: Chat) -> None:
    """In a chat without the bot, by a reader who never met it; refreshed with all others."""
    asked = await ada.send(SENATE)
    there = await sandbox.group(ada, ben, bot=False)
    message = await sandbox.choose(there[0], await sandbox.inline(ada, SENATE))
    assert await there[1].tap(message, LOVE) == voted("Love")
    await there[1].shows(message, "❤️ 1")
    await ada.shows(asked, "❤️ 1")
    assert await ada.tap(asked, LOVE) == voted("Love")
    await there[0].shows(message, "❤️ 2")
    for chat in (ada, ben):
        await chat.send("/forget")


async def test_one_vote_a_reader_on_all_surfaces(sandbox: Sandbox, ada: Chat, ben: Chat) -> None:
    """Changed in another chat, the toast tells what it was; a group's count is the same."""
    private = await ada.send(SENATE)
    group = (await sandbox.group(ada, ben))[0]
    in_group = await group.send(f"/ask {SENATE}")
    inline = await sandbox.choose(group, await sandbox.inline(ada, SENATE))
    await ada.tap(private, LOVE)
    toast = await group.tap(in_group, f"r:{ARTICLE}:sad")
    assert toast == changed("Sad", "Love")
    assert await group.tap(inline, LOVE) == changed("Love", "Sad")
    for chat, message in ((ada, private), (group, in_group), (group, inline)):
        await chat.shows(message, "😢", "❤️ 1")
    await ada.send("/forget")


async def test_feedback_makes_a_message_known_before_any_press(stage: Stage) -> None:
    """And shown what the list did not yet know of; without feedback the first press does."""
    await stage.bot()
    ada, ben = await stage.reader(), await stage.reader()
    there = await stage.group(ada, ben, bot=False)
    asked = await ben.send(SENATE)
    found = await stage.inline(ada, SENATE)
    await ben.tap(asked, LOVE)
    known = await stage.choose(there[0], found)
    unknown = await stage.choose(there[0], found, feedback=False)
    await there[0].shows(known, "❤️ 1")
    await stage.all_handled()
    assert len([inline for _, inline in tracked_messages(stage.database) if inline]) == 1
    assert "❤️" in buttons(await there[0].current(unknown))
    await there[0].tap(unknown, f"r:{ARTICLE}:wow")
    await there[0].shows(unknown, "❤️ 1", "😮 1")
    await there[0].shows(known, "❤️ 1", "😮 1")


async def test_no_edit_in_vain_for_what_was_sent_true(stage: Stage) -> None:
    """A list whose counts still hold needs no refreshing."""
    await stage.bot()
    ada, ben = await stage.reader(), await stage.reader()
    there = (await stage.group(ada, bot=False))[0]
    await ada.tap(await ada.send(SENATE), LOVE)
    sent = await stage.choose(there, await stage.inline(ada, SENATE))
    await stage.all_handled()
    await ben.tap(await ben.send(SENATE), LOVE)
    await there.shows(sent, "❤️ 2")
    edits = await stage.calls("editmessagereplymarkup")
    assert len([edit for edit in edits if "inline_message_id" in edit["params"]]) == 1
    assert (await stage.ask("totals"))["not_modified"] == 0


async def test_nothing_found_leads_into_the_private_chat_with_the_question(
    sandbox: Sandbox,
) -> None:
    """In the reader's words, so for nobody else; a short question or a long one."""
    for length in (1, 6):
        reader = await sandbox.language_reader("de")
        question = " ".join(["Zwetschgenknödelrezept"] * length)
        found = await sandbox.inline(reader, question)
        assert found["results"] == []
        assert found["is_personal"]
        assert found["button"]["text"].startswith("Kein Treffer")
        answer = await reader.send(f"/start {found['button']['start_parameter']}")
        assert answer["text"].startswith(f"{question}\n\n{said('not_in_article', 'de')}")


async def test_a_question_that_was_cut_is_said_to_be(sandbox: Sandbox, ada: Chat) -> None:
    """With the way to ask it whole."""
    found = await sandbox.inline(ada, "security guarantees for Ukraine " * 20)
    assert found["results"]
    assert found["button"]["text"] == "Only 256 characters read – ask me directly"
    answer = await ada.send(f"/start {found['button']['start_parameter']}")
    assert "security guarantees for Ukraine" in answer["text"]


async def test_a_forged_or_old_question_key_is_no_trouble(ada: Chat) -> None:
    """The conversation begins as ever."""
    assert "lost that question" in (await ada.send(f"/start k_{'0' * 32}"))["text"]
    assert TITLE in (await ada.send("/start q_%%%"))["text"]


async def test_pages(library: Sandbox) -> None:
    """Ten a page, each result once."""
    reader = await library.reader()
    seen, offset = [], ""
    for _ in range(3):
        found = await library.inline(reader, "the bridge opened and the guarantees agreed", offset)
        assert len(found["results"]) <= 10
        seen += [result["id"] for result in found["results"]]
        offset = found["next_offset"]
        if not offset:
            break
    assert len(seen) == len(set(seen))
    assert offset == ""
    odd = await library.inline(reader, "the bridge opened", "no-number")
    assert odd["results"]


async def test_both_articles_are_searched(library: Sandbox) -> None:
    """Each under its headline."""
    reader = await library.reader()
    found = await library.inline(reader, "how many metres is the bridge long?")
    assert found["results"][0]["description"] == "Harbour Bridge Opens After Six Years · ¶ 2/3"
    assert "1,200 metres" in found["results"][0]["title"]
    offered = [result["title"] for result in (await library.inline(reader, ""))["results"]]
    assert {TITLE, "Harbour Bridge Opens After Six Years"} <= set(offered)


async def test_a_greeting_typed_inline_offers_the_article(sandbox: Sandbox, ada: Chat) -> None:
    """No passage answers it."""
    assert len((await sandbox.inline(ada, "hello"))["results"]) == 6
