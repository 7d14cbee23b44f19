"""Markdown -> HTML, as the generators of websites read it.

CommonMark with tables, strikethrough, footnotes, task lists and definition lists. What the
generators add to that, such as shortcodes and attributes, is no text of the article: it is left
out, except in code.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

_FENCE = re.compile(r"[\s>]*(?:(?:[*+-]|\d{1,9}[.)]) +)?(`{3,}|~{3,})(?!.*`)")
_LIQUID_CODE = re.compile(
    r"^[ \t]*\{(?:%-?|\{<)\s*(?:highlight|codeblock)\b\s*([\w+-]*).*?(?:-?%|>\})\}[ \t]*$"
)
_LIQUID_END = re.compile(
    r"^[ \t]*\{(?:%-?\s*end(?:highlight|codeblock)|\{<\s*/\s*highlight).*\}[ \t]*$"
)
_ADMONITION = re.compile(r'^(?:!!!|\?\?\?\+?)[ \t]+\w[\w -]*?(?:[ \t]+"(.*)")?[ \t]*$')
_SHORTCODES = re.compile(
    # Those of Hugo; tags, values and comments of Liquid, Nunjucks and Jinja. Lengths are bounded,
    # so that a text of nothing but opening braces takes no longer than another.
    r"\{\{[<%].{0,2000}?[>%]\}\}|\{%.{0,2000}?%\}|\{\{.{0,1000}?\}\}|\{#.{0,1000}?#\}",
    re.DOTALL,
)
_GENERATORS = re.compile(
    # Inline code comes first: within it, everything is kept.
    r"(?P<code>(?<!`)(`+)(?!`).{1,2000}?(?<!`)\2(?!`))"
    # And of components in JSX: style={{...}}, with the sign before it.
    rf"|=\{{\{{[^}}\n]{{0,300}}\}}\}}|{_SHORTCODES.pattern}"
    # Attributes, as in kramdown and Pandoc: {: .class}, {#id}, ![](x){width=50%}.
    r"|\{:[^}\n]{0,300}\}|[ \t]*\{[#.][A-Za-z][^}\n]{0,300}\}|(?<=\))\{[^}\n]{0,300}\}",
    re.DOTALL,
)
_LINES = re.compile(
    # A table of contents to be made; abbreviations; containers; imports of components.
    r"^[ \t]*(?:[*+-] .*\n\{:\s*toc.*\}|\[(?:TOC|toc|\[_?toc_?\])\]|\[\[_TOC_\]\]"
    r"|\*\[[^\]\n]+\]:.*|:{3,}.*|import\s.+\sfrom\s+['\"].+['\"];?)[ \t]*$",
    re.MULTILINE,
)
_KRAMDOWN_BREAK = re.compile(r"(?<=\S)[ \t]*\\\\[ \t]*$", re.MULTILINE)
_ALERT = re.compile(r"^([ \t]*>[ \t]*)\[!(\w+)\][-+]?[ \t]*(.*)$", re.MULTILINE)
_WIKI_EMBED = re.compile(r"!\[\[[^\]\n]{1,300}\]\]")
_WIKI_LINK = re.compile(r"\[\[(?:[^|\]\n]{1,300}\|)?([^|\]\n]{1,300})\]\]")
_MARKDOWN_IN_HTML = re.compile(
    # A tag alone on its line, above a line of text: many generators read Markdown there.
    r"^([ \t]{0,3}<(?!pre|script|style|textarea|svg)[A-Za-z][^>\n]*>)[ \t]*\n"
    r"(?=[ \t]{0,3}(?:[^\s<]|<(?:a|b|i|em|strong|code|span|img)\b))",
    re.MULTILINE | re.IGNORECASE,
)
_STRONG_BESIDE_LETTERS = re.compile(
    # CommonMark does not take these for marks: **(so)**so, so**"so"**. Chinese and Korean, which
    # have no spaces there, need them.
    r"(?<!\\)\*\*(?=\S)([^*\n]{1,500}[^*\w\s])\*\*(?=\w)|(?<=\w)\*\*([^*\w\s][^*\n]{0,500}\S)\*\*"
)
_INLINE_MARKS = re.compile(r"[<&*_`\[~\\]")


def markdown_to_html(text: str) -> str:
    """Return a Markdown text as HTML; HTML in it is passed on as it is."""
    parts = [part if is_code else _plain_markdown(part) for is_code, part in _split_code(text)]
    html: str = _parser().render("\n".join(parts))
    return html


def without_shortcodes(text: str) -> str:
    """Return a text without tags and values that a generator of websites fills in."""
    return _SHORTCODES.sub("", text)


def inline_to_html(text: str) -> str:
    """Return a line, such as a headline, as HTML; one without any marks as it is."""
    if _INLINE_MARKS.search(text) is None:
        return text
    html: str = _parser().renderInline(text)
    return html


@lru_cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return parser.use(footnote_plugin).use(deflist_plugin).use(tasklists_plugin)


def _split_code(text: str) -> Iterator[tuple[bool, str]]:
    """Yield (whether it is code, lines) of a text in turns; ``{% highlight %}`` becomes a fence."""
    lines: list[str] = []
    fence, indent = "", False
    for line in text.split("\n"):
        if fence:
            is_end = _LIQUID_END.match(line) if fence == "highlight" else _closes(line, fence)
            lines.append("~~~~~~" if is_end and fence == "highlight" else line)
            if is_end:
                yield True, "\n".join(lines)
                lines, fence = [], ""
            continue
        opening, liquid = _FENCE.match(line), _LIQUID_CODE.match(line)
        if opening or liquid:
            yield False, "\n".join(lines)
            lines = [f"\n~~~~~~{liquid[1]}" if liquid else line]
            fence = "highlight" if liquid else opening[1] if opening else ""
        elif admonition := _ADMONITION.match(line):
            indent = True
            lines += ["", f"**{admonition[1]}**" if admonition[1] else "", ""]
        else:
            indent = indent and (line.startswith("    ") or not line.strip())
            lines.append(line[4:] if indent else line)
    yield bool(fence), "\n".join(lines)


def _closes(line: str, fence: str) -> bool:
    stripped = line.strip(" \t>")
    return len(stripped) >= len(fence) and not stripped.strip(fence[0])


def _plain_markdown(text: str) -> str:
    """Return Markdown without what generators of websites add to it."""
    text = _LINES.sub("", text)
    text = _KRAMDOWN_BREAK.sub(r"\\", text)
    text = _ALERT.sub(lambda m: f"{m[1]}**{m[3] or m[2].capitalize()}**\n{m[1].rstrip()}", text)
    text = _GENERATORS.sub(lambda match: match["code"] or "", text)
    text = _WIKI_LINK.sub(r"\1", _WIKI_EMBED.sub("", text))
    text = _STRONG_BESIDE_LETTERS.sub(lambda m: f"<strong>{m[1] or m[2]}</strong>", text)
    return _MARKDOWN_IN_HTML.sub(r"\1\n\n", text)
