"""Commands and descriptions in Telegram's menus: set when the bot starts, if they differ."""

import threading
from collections import Counter
from typing import Any

import pytest

from bot.views.i18n import read_languages
from tests.support.api_stub import Answer, ApiStub, good
from tests.support.control import TOKEN
from tests.support.stage import Stage
from tests.support.waiting import TIMEOUT

SET = ("setmycommands", "setmydescription", "setmyshortdescription")
GET = ("getmycommands", "getmydescription", "getmyshortdescription")
LANGUAGES = len(read_languages().all) + 1
"""With what is for everybody else."""
SIDE_BY_SIDE = 16
"""Calls that are certainly on their way at the same time; a client may allow no more at once."""


async def counts(stage: Stage) -> Counter[str]:
    calls = (await stage.ask("calls?after=0"))["calls"]
    return Counter(call["method"].lower() for call in calls)


async def api(stage: Stage, method: str, **parameters: Any) -> Any:
    response = await stage.client.post(f"/bot{TOKEN}/{method}", json=parameters)
    return response.json()["result"]


async def test_only_what_differs_is_set(stage: Stage) -> None:
    """All of it at the first start, nothing at the second, and then what somebody changed."""
    await stage.stop(await stage.bot())
    first = await counts(stage)
    assert [first[method] for method in SET] == [2 * LANGUAGES, LANGUAGES, LANGUAGES]
    await stage.stop(await stage.bot())
    second = await counts(stage)
    assert [second[method] for method in SET] == [first[method] for method in SET]
    assert [second[method] for method in GET] == [2 * first[method] for method in GET]
    before = await api(stage, "getMyDescription", language_code="de")
    await api(stage, "setMyDescription", language_code="de", description="Another")
    changed = await counts(stage)
    await stage.stop(await stage.bot())
    third = await counts(stage)
    assert {method: third[method] - changed[method] for method in SET} == {
        "setmycommands": 0,
        "setmydescription": 1,
        "setmyshortdescription": 0,
    }
    assert await api(stage, "getMyDescription", language_code="de") == before


async def test_one_refusal_keeps_nothing_else_from_being_set(stage: Stage) -> None:
    """It is logged once, and the next start sets the rest."""
    await stage.fault("500", method="setMyCommands", times=3)
    bot = await stage.bot()
    assert bot.output.count("Commands and descriptions could not be registered") == 1
    assert (await counts(stage))["setmydescription"] == LANGUAGES
    await stage.stop(bot)
    before = await counts(stage)
    await stage.stop(await stage.bot())
    assert (await counts(stage))["setmycommands"] == before["setmycommands"] + 3


@pytest.mark.parametrize("kind", [GET[0], SET[0]])
async def test_the_calls_are_made_side_by_side(stage: Stage, kind: str) -> None:
    """None is answered before many are on their way."""
    together = threading.Barrier(SIDE_BY_SIDE)

    def answer(method: str, _: int) -> Answer:
        asks = method.startswith(kind[:5])
        if asks and not together.broken and passed.acquire(blocking=False):
            together.wait(TIMEOUT)
        return good(method)

    passed = threading.Semaphore(SIDE_BY_SIDE)
    with ApiStub(answer) as stub:
        bot = await stage.bot(BOT_API_URL=stub.url)
        assert not together.broken
        assert not passed.acquire(blocking=False)
        assert await stage.stop(bot) == 0
