"""What readers asked last, so that "and why?" is understood: in memory only, for ten minutes."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from telegram import CallbackQuery, Update

from bot.delivery.identity import actor_id
from bot.handlers.surfaces import Surface, surface_of, surface_of_message
from bot.retrieval.follow_ups import Exchange

KEPT = 600.0
"""Seconds for which a question is remembered."""
MAX_REMEMBERED = 10_000
"""Readers whose last question is remembered at most; those who have not asked for longest go."""


@dataclass(frozen=True)
class Asker:
    """Who asks, and where.

    Attributes:
        surface: The kind of chat.
        chat_id: The chat; 0 if it is not known.
        reader_id: The reader.
    """

    surface: Surface
    chat_id: int
    reader_id: int

    @property
    def own_chat(self) -> int | None:
        """The private chat, whose id is the reader's; None anywhere else."""
        is_private = self.surface is Surface.PRIVATE and self.chat_id > 0
        return self.chat_id if is_private else None


def asker_of(update: Update) -> Asker:
    """Return who sent an update."""
    chat = update.effective_chat
    return Asker(surface_of(update), chat.id if chat else 0, actor_id(update))


def asker_of_tap(query: CallbackQuery) -> Asker:
    """Return who tapped a button."""
    if query.message is None:
        return Asker(Surface.GROUP, 0, query.from_user.id)
    surface = surface_of_message(query.message)
    return Asker(surface, query.message.chat.id, query.from_user.id)


class Conversations:
    """Remembers the last exchange of every reader in every chat."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Start without any.

        Args:
            clock: Returns the time in seconds.
        """
        self._clock = clock
        self._exchanges: OrderedDict[tuple[int, int], tuple[float, Exchange]] = OrderedDict()

    def last(self, asker: Asker) -> Exchange | None:
        """Return a reader's last exchange in a chat; None if it is too long ago."""
        at, exchange = self._exchanges.get((asker.chat_id, asker.reader_id), (0.0, None))
        return exchange if self._clock() - at <= KEPT else None

    def remember(self, asker: Asker, exchange: Exchange) -> None:
        """Remember an exchange instead of the one before it."""
        self._forget_old()
        key = (asker.chat_id, asker.reader_id)
        self._exchanges[key] = (self._clock(), exchange)
        self._exchanges.move_to_end(key)

    def forget(self, asker: Asker) -> None:
        """Forget what a reader asked in a chat."""
        self._exchanges.pop((asker.chat_id, asker.reader_id), None)

    def _forget_old(self) -> None:
        now = self._clock()
        while self._exchanges:
            at, _ = next(iter(self._exchanges.values()))
            if now - at <= KEPT and len(self._exchanges) < MAX_REMEMBERED:
                return
            self._exchanges.popitem(last=False)
