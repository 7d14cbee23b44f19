"""An article that was taken from a page."""

import datetime as dt
import re
from dataclasses import dataclass

MAX_TITLE, MAX_STANDFIRST, MAX_AUTHOR = 300, 2_000, 200
"""Characters, as articles of the corpus may have."""


@dataclass(frozen=True)
class ExtractedArticle:
    """An article that was taken from a page.

    Attributes:
        title: The headline, on one line, 1 to MAX_TITLE characters.
        standfirst: The sentences below the headline, at most MAX_STANDFIRST characters; "" for
            none.
        text: Markdown without the title: headings, paragraphs, lists, quotes, tables and links.
        url: The address of its page; None if it is not known.
        author: Names, separated by commas, at most MAX_AUTHOR characters; None if not known.
        published: None if not known.
        language: A BCP 47 tag.
    """

    title: str
    standfirst: str
    text: str
    url: str | None
    author: str | None
    published: dt.date | None
    language: str

    @property
    def paragraphs(self) -> list[str]:
        """The blocks of the text that are no headings."""
        blocks = (block.strip() for block in self.text.split("\n\n"))
        return [block for block in blocks if block and not re.match(r"#{1,6} ", block)]
