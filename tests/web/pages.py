"""Pages as sites make them, for tests."""

from bot.web.fetcher import Fetched

URL = "https://example.org/2026/01/bridge"
PARAGRAPHS = (
    "The mayor cut the ribbon at noon before ten thousand guests. The first bus crossed an hour "
    "later, and the ferry made its last trip in the evening.",
    "The bridge is 1,200 metres long and cost 340 million dollars, a third more than was planned "
    "when the old one was closed for good.",
    "Engineers blamed storms in the second winter for most of the delay. Two of the pillars had to "
    "be built again from the ground.",
)
HEAD = """
<title>Harbour Bridge Opens | The Paper</title>
<meta property="og:site_name" content="The Paper">
<meta name="description" content="After six years and two storms, people can walk across again.">
<meta property="article:published_time" content="2026-01-31T08:00:00+01:00">
<meta name="author" content="By Ann Lee">
<link rel="canonical" href="https://example.org/bridge">
"""


def html(head: str = HEAD, body: str | None = None, lang: str = "en", more: str = "") -> str:
    """Return a page with navigation, an article and a footer.

    Args:
        head: The inside of ``head``.
        body: The inside of the article; by default a headline and PARAGRAPHS.
        lang: Of the page; "" for none.
        more: What follows the paragraphs.
    """
    if body is None:
        body = "<h1>Harbour Bridge Opens</h1>" + "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    mark = f' lang="{lang}"' if lang else ""
    return f"""<!DOCTYPE html><html{mark}><head>{head}</head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav>
<main><article>{body}{more}</article></main>
<footer><p>Copyright 2026 The Paper. All rights reserved by The Paper and its partners.</p></footer>
</body></html>"""


def fetched(
    page: str | bytes, url: str = URL, content_type: str = "text/html", charset: str | None = None
) -> Fetched:
    """Return a page as if it had been fetched."""
    body = page.encode() if isinstance(page, str) else page
    return Fetched(url, 200, content_type, charset, body)
