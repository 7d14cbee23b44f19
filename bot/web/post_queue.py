"""Posts the articles of feeds, in order: none is lost, and at most one appears twice.

That a post is being sent is in the database before it is sent. If the bot is killed then, or gets
no answer, nobody knows whether it arrived; it is sent once more, and after that never again.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from enum import Enum, auto
from typing import Any, Protocol

from bot.errors import StoreError
from bot.logs import FailureLog
from bot.store.base import Store
from bot.store.feed_records import PostState, WaitingPost

CHECK_INTERVAL = 5.0
"""Seconds between two looks at what waits."""
UNHEARD = 300.0
"""Seconds after which a post of which nothing was heard is sent again; no call takes longer."""
MAX_SENDS = 2
"""Calls without a known outcome: after two there may be two posts, and a third must not follow."""
REFUSED_PAUSES = (60.0, 3_600.0)
"""Seconds until the next attempt after a refusal: at first, and at most, as it doubles."""
NOT_ACCEPTED_PAUSE = 3_600.0
"""Seconds until the next attempt to post an article that Telegram did not accept."""
LOADING = 60.0
"""Seconds in which the bot loads a new article. Until then those after it wait too."""
MAX_LOADING = 86_400.0
"""Seconds after which an article that the bot does not have is no longer to be posted."""
SAVE_PAUSE = 1.0
"""Seconds between attempts to save what has happened."""
STOP_WAIT = 5.0
"""Seconds for which a post that is being sent is waited for when the bot stops."""

log = logging.getLogger(__name__)


class Posting(Enum):
    """What became of an attempt to post an article."""

    POSTED = auto()
    """It is in the channel, since now or before."""
    UNKNOWN = auto()
    """The call got no answer."""
    NOT_ACCEPTED = auto()
    """Telegram does not accept this article."""
    REFUSED = auto()
    """Nothing can be posted in the channel for now."""


class Post(Protocol):
    """Posts an article in the channel."""

    async def __call__(self, article_id: str, begin: Callable[[], Awaitable[None]]) -> Posting:
        """Post an article, unless it is in the channel already.

        Args:
            article_id: The article, which is loaded.
            begin: To be awaited before each call that may post it. What it raises must be passed
                on, and then nothing may be sent.

        Raises:
            StoreError: The database failed before anything was sent.
        """


class _TakenError(Exception):
    """Another process posts the article."""


class PostQueue:
    """Posts what waits in the database, the oldest first."""

    def __init__(
        self,
        store: Store,
        is_loaded: Callable[[str], bool],
        post: Post,
        clock: Callable[[], float] = time.time,
        interval: float = CHECK_INTERVAL,
    ) -> None:
        """Store the arguments.

        Args:
            store: Keeps what is to be posted.
            is_loaded: Returns whether the bot has an article, by its id.
            post: Posts one.
            clock: Returns the time in seconds since 1970.
            interval: Seconds between two looks at what waits.
        """
        self._store = store
        self._is_loaded = is_loaded
        self._post = post
        self._clock = clock
        self._interval = interval
        self._failures = FailureLog(log)
        self._paused_until = 0.0
        self._pause = REFUSED_PAUSES[0]

    async def run(self) -> None:
        """Post until cancelled."""
        while True:
            try:
                await self.post_waiting()
                self._failures.recovered("What was posted is saved again.")
            except StoreError as error:
                self._failures.failed(str(error))
            except Exception:
                # One article that finds a fault of ours must not end all posting.
                log.exception("An article could not be posted")
            await asyncio.sleep(self._interval)

    async def post_waiting(self) -> None:
        """Post all that waits now, until something has to be waited for.

        Raises:
            StoreError: The database failed before something was sent.
        """
        if self._clock() < self._paused_until:
            return
        for post in await self._store.waiting_posts(self._clock(), 100):
            age = self._clock() - post.written_at
            if post.sends >= MAX_SENDS:
                log.warning(
                    "The post of %s was sent twice without an answer, and is not sent again.",
                    post.article_id,
                )
                await self._store.end_post(post, PostState.UNKNOWN)
            elif self._is_loaded(post.article_id):
                if not await _finished(self._send(post)):
                    return
            elif age > MAX_LOADING:
                log.warning("%s is not posted, because the bot does not have it.", post.article_id)
                await self._store.end_post(post, PostState.NONE)
            elif age <= LOADING:
                return

    async def _send(self, post: WaitingPost) -> bool:
        """Post an article; return whether to go on with the next one."""
        begun = False

        async def begin() -> None:
            nonlocal begun
            if not begun and not await self._store.begin_post(post, self._clock() + UNHEARD):
                raise _TakenError
            begun = True

        try:
            result = await self._post(post.article_id, begin)
        except _TakenError:
            return True
        now = self._clock()
        if result is Posting.REFUSED:
            self._paused_until = now + self._pause
            self._pause = min(2 * self._pause, REFUSED_PAUSES[1])
        elif result is not Posting.UNKNOWN:
            self._pause = REFUSED_PAUSES[0]
        if result is Posting.POSTED:
            await self._save(lambda: self._store.end_post(post, PostState.POSTED))
        elif result is Posting.UNKNOWN:
            log.warning("Telegram gave no answer to the post of %s.", post.article_id)
        elif begun or result is Posting.NOT_ACCEPTED:
            later = NOT_ACCEPTED_PAUSE if result is Posting.NOT_ACCEPTED else 0.0
            await self._save(lambda: self._store.delay_post(post, now + later))
        return result is not Posting.REFUSED

    async def _save(self, save: Callable[[], Awaitable[None]]) -> None:
        await save_at_last(save, self._failures)


async def save_at_last(save: Callable[[], Awaitable[None]], failures: FailureLog) -> None:
    """Save what has happened, however long the database fails: otherwise it would happen again."""
    while True:
        try:
            await save()
            return
        except StoreError as error:
            failures.failed(str(error))
            await asyncio.sleep(SAVE_PAUSE)


async def _finished(work: Coroutine[Any, Any, bool]) -> bool:
    """Return the result of work that is, when the bot stops, finished if it can be soon."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task], timeout=STOP_WAIT)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        raise
