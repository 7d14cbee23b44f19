"""Finds out whether Telegram refuses calls (error 429) to one chat or to the whole bot."""

MIN_CHATS = 3
"""Chats refused one after the other, with no call accepted in between, that mean the whole bot."""


class FloodWatch:
    """Tells until when Telegram refuses the whole bot.

    Telegram does not say which of its limits a call exceeded. But beyond a chat's limit, calls to
    other chats go on, and beyond the bot's, none does. When the time that Telegram asked for is
    over, one call is made first: if it is refused, the others need not find out for themselves.

    Attributes:
        closed_until: Until when to make no call that can wait; 0 if Telegram accepts calls.
    """

    def __init__(self) -> None:
        self.closed_until = 0.0
        self._refused: dict[object, float] = {}
        self._last_refusal = float("-inf")

    @property
    def is_suspected(self) -> bool:
        """Whether the whole bot was refused, and no call has been accepted since."""
        return self.closed_until > 0.0

    def refused(self, chat: object, now: float, seconds: float) -> None:
        """Note that Telegram accepts no call to a chat for the given seconds."""
        self._last_refusal = now
        self._refused = {c: until for c, until in self._refused.items() if until > now}
        self._refused[chat] = now + seconds
        if self.is_suspected or len(self._refused) >= MIN_CHATS:
            # A chat may be closed for longer than the bot, but not for less.
            self.closed_until = min(self._refused.values())

    def accepted(self, started: float) -> None:
        """Note that Telegram accepted a call which was begun at the given time."""
        if started >= self._last_refusal:
            self._refused.clear()
            self.closed_until = 0.0
