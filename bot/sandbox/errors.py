"""How the sandbox says no.

ApiError      to the bot, in Telegram's own words
ControlError  to the page or a test, as one sentence
"""

TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


class ApiError(Exception):
    """A Bot API call that fails.

    code: the HTTP status, 400-599. description: Telegram's text with its prefix
    ("Bad Request: ..."). retry_after: the seconds that the bot is told to wait, None for none.
    migrate_to: the id of the supergroup that the chat became, None when it became none.
    """

    def __init__(
        self,
        code: int,
        description: str,
        retry_after: int | None = None,
        migrate_to: int | None = None,
    ) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after
        self.migrate_to = migrate_to

    def parameters(self) -> dict[str, int]:
        """The ResponseParameters, empty when there are none."""
        given = {"retry_after": self.retry_after, "migrate_to_chat_id": self.migrate_to}
        return {name: number for name, number in given.items() if number is not None}


def bad_request(words: str) -> ApiError:
    """The 400 whose description is "Bad Request: " and `words`."""
    return ApiError(400, f"Bad Request: {words}")


def too_many_requests(seconds: int) -> ApiError:
    """The 429 that tells the bot to wait."""
    return ApiError(429, f"Too Many Requests: retry after {seconds}", seconds)


class ControlError(Exception):
    """A control request that fails with `status` (400, 404 or 415); the text is one sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
