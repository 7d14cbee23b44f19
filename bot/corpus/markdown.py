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
_LIST_ITEM = re.compile(r"\s*(?:[*+-]|\d{1,9}[.)])\s")
_PRE = re.compile(r"<(/?)pre\b", re.IGNORECASE)
_ADMONITION = re.compile(
    # Of MkDocs: notes, which may be folded, and tabs. Their text is indented.
    r"^([ \t]*)(?:(?:!!!|\?\?\?\+?)[ \t]+[\w-]+(?:[ \t]+[\w-]+)*|===[+!]?)"
    r'(?:[ \t]+"(.*)".*)?[ \t]*$'
)
MAX_NOTES = 10
"""Notes within one another."""
_SAME = r"(?:(?!\n[ \t]*\n).)"
"""Any character within a paragraph."""
_SHORTCODES = re.compile(
    # Those of Hugo; tags, values and comments of Liquid, Nunjucks and Jinja; comments of MDX. Each
    # has the shape that these have, so that other braces are kept. Lengths are bounded, so that a
    # text of nothing but opening braces takes no longer than another.
    rf"(?<!\\)(?:\{{%-?\s*comment\b[^%]{{0,80}}%\}}.{{0,5000}}?\{{%-?\s*endcomment\s*-?%\}}"
    rf"|\{{\{{[<%]-?\s*/?\s*[\w.]{_SAME}{{0,2000}}?[>%]\}}\}}"
    rf"|\{{%-?\s*[a-z_]\w*\b(?:(?!\{{%){_SAME}){{0,2000}}?%\}}"
    rf"|\{{\{{-?(?:\s+[\w$.@'\"]|[\w$@]+[.|(\[])(?:(?![{{}}]){_SAME}){{0,1000}}?\}}\}}"
    rf"|\{{# {_SAME}{{0,1000}}? #\}}|\{{/\*{_SAME}{{0,1000}}?\*/\}})",
    re.DOTALL,
)
_GENERATORS = re.compile(
    # Inline code comes first: within it, everything is kept.
    r"(?P<code>(?<!`)(?P<ticks>`+)(?!`).{1,2000}?(?<!`)(?P=ticks)(?!`)"
    r"|<code\b[^>]{0,200}>.{0,2000}?</code>)"
    # And of components in JSX: style={{...}}, with the sign before it.
    rf"|=\{{\{{[^}}\n]{{0,300}}\}}\}}|{_SHORTCODES.pattern}"
    # Attributes and comments of kramdown: {: .class}, {::comment}...{:/comment}.
    r"|(?<!\\)(?:\{::comment\}.{0,5000}?\{:/(?:comment)?\}"
    r"|\{:(?:[ .#:/]|[\w-]+=|toc\b)[^}\n]{0,300}\})"
    # Attributes of Pandoc, behind a link or an image; comments and highlights of Obsidian.
    r"|(?P<link>\]\([^()\n]{0,500}\))\{(?:[#.][A-Za-z][^}\n]{0,300}|[\w-]+=[^}\n]{0,300})\}"
    r"|(?<![\w%\\])%%[^%\n]{1,500}%%(?!\w)"
    r"|(?<![=\w\\])==(?=[^\s=])(?P<marked>[^=\n]{1,300})(?<=\S)==(?!=)",
    re.DOTALL,
)
_LINES = re.compile(
    # A table of contents to be made; attributes; abbreviations; imports of components; the ends of
    # containers, and their beginnings without a title.
    r"^[ \t]*(?:[*+-] .*\n\{:\s*toc.*\}|\[(?:TOC|toc|\[_?toc_?\])\]|\[\[_TOC_\]\]"
    r"|\{[#.][A-Za-z][^}\n]*\}|\*\[[^\]\n]+\]:.*"
    r"|import\s.+\sfrom\s+['\"](?:[.@/][^'\"\n]+|[^'\"\n]*/[^'\"\n]*)['\"];?"
    r"|:{3,}[ \t]*(?:\{[^}\n]*\}|[\w-]+(?:[ \t]*\{[^}\n]*\})?)?[ \t]*:*)[ \t]*$",
    re.MULTILINE,
)
_CONTAINER = re.compile(
    r"^[ \t]*:{3,}[ \t]*(?:note|tip|info|warning|danger|caution|important|details|success|question"
    r"|example|abstract|hint|quote|callout[\w-]*)(?:\[(.+)\]|[ \t]+(.+?))[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_HEADING_ATTRIBUTES = re.compile(r"^(#{1,6}[ \t].*?)[ \t]*\{[#.:][^}\n]*\}[ \t]*#*$", re.MULTILINE)
_KRAMDOWN_BREAK = re.compile(r"(?<=\S)[ \t]*\\\\[ \t]*$", re.MULTILINE)
_ALERT = re.compile(r"^([ \t]*>[ \t]*)\[!(\w+)\][-+]?[ \t]*(.*)$", re.MULTILINE)
_WIKI_EMBED = re.compile(r"!\[\[[^\[\]\n]{1,300}\]\]")
_WIKI_LINK = re.compile(r"\[\[(?:[^|\[\]\n]{1,300}\|)?([^|\[\]\n]{1,300})\]\]")
_MARKDOWN_IN_HTML = re.compile(
    # A tag alone on its line, above a line of text: many generators read Markdown there.
    r"^([ \t]{0,3}<(?!pre|script|style|textarea|svg)[A-Za-z][^>\n]*>)[ \t]*\n"
    r"(?=[ \t]{0,3}(?:[^\s<]|<(?:a|b|i|em|strong|code|span|img)\b))",
    re.MULTILINE | re.IGNORECASE,
)
_ESCAPED = re.compile(
    r"(?P<code>(?<!`)(?P<ticks>`+)(?!`).{1,2000}?(?<!`)(?P=ticks)(?!`))"
    r"|(?<!\\)(?:\{(?=[{%#:./*]|[\w-]+=)|%(?=%)|=(?==\S))",
    re.DOTALL,
)
_ESCAPED_STARTS = re.compile(r'^([ \t]*)(:(?=[:\s])|!!!|\?\?\?|=(?==+[+!]? "))', re.MULTILINE)
_STRONG_BESIDE_LETTERS = re.compile(
    # CommonMark does not take these for marks: **(so)**so, so**"so"**. Chinese and Korean, which
    # have no spaces there, need them.
    r"(?<!\\)\*\*(?=\S)([^*\n]{1,500}[^*\w\s])\*\*(?=\w)|(?<=\w)\*\*([^*\w\s][^*\n]{0,500}\S)\*\*"
)
_INLINE_MARKS = re.compile(r"[<&*_`\[~\\]")


def markdown_to_html(text: str) -> str:
    """Return a Markdown text as HTML; HTML in it is passed on as it is."""
    text = "\n".join(_without_admonitions(text.split("\n")))
    parts = [part if is_code else _plain_markdown(part) for is_code, part in _split_code(text)]
    html: str = _parser().render("\n".join(parts))
    return html


def without_shortcodes(text: str) -> str:
    """Return a text without tags and values that a generator of websites fills in."""
    return _SHORTCODES.sub("", text)


def without_meaning(text: str) -> str:
    """Return Markdown whose text is shown as it is where a generator would see something else."""
    parts = []
    for is_code, part in _split_code(text):
        escaped = part if is_code else _ESCAPED_STARTS.sub(r"\1\\\2", _ESCAPED.sub(_escape, part))
        parts.append(escaped)
    return "\n".join(parts)


def _escape(match: re.Match[str]) -> str:
    return match["code"] or f"\\{match[0]}"


def inline_to_html(text: str) -> str:
    """Return a line, such as a headline, as HTML; one without any marks as it is."""
    if _INLINE_MARKS.search(text) is None:
        return text
    html: str = _parser().renderInline(text)
    return html


@lru_cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": 100}).enable(
        ["table", "strikethrough"]
    )
    return parser.use(footnote_plugin).use(deflist_plugin).use(tasklists_plugin)


def _without_admonitions(lines: list[str], depth: int = 0) -> Iterator[str]:
    """Yield lines with the notes and tabs of MkDocs as their titles and texts, not indented."""
    fence, number = "", 0
    while number < len(lines):
        line = lines[number]
        number += 1
        match = None if fence or depth > MAX_NOTES else _ADMONITION.match(line)
        if match is None or (line.lstrip().startswith("=") and match[2] is None):
            opening = _FENCE.match(line)
            if fence and _closes(line, fence):
                fence = ""
            elif not fence and opening:
                fence = opening[1]
            yield line
            continue
        indent = " " * (len(match[1].expandtabs(4)) + 4)
        body: list[str] = []
        while number < len(lines) and (
            not lines[number].strip() or lines[number].expandtabs(4).startswith(indent)
        ):
            body.append(match[1] + lines[number].expandtabs(4)[len(indent) :])
            number += 1
        yield from ("", f"{match[1]}**{match[2]}**" if match[2] else "", "")
        yield from _without_admonitions(body, depth + 1)


def _split_code(text: str) -> Iterator[tuple[bool, str]]:
    """Yield (whether it is code, lines) of a text in turns; ``{% highlight %}`` becomes a fence."""
    lines: list[str] = []
    kind, is_after_blank, in_list = "", True, False
    for line in text.split("\n"):
        if kind == "indented" and line.strip() and not _is_indented(line):
            yield True, "\n".join(lines)
            lines, kind = [], ""
        if kind:
            is_end = _ends(line, kind)
            lines.append("~~~~~~" if is_end and kind == "highlight" else line)
            if is_end:
                yield True, "\n".join(lines)
                lines, kind = [], ""
            continue
        if line.strip() and not _is_indented(line):
            in_list = bool(_LIST_ITEM.match(line))
        kind = _code_begins(line, is_after_blank and not in_list)
        is_after_blank = not line.strip()
        if kind:
            yield False, "\n".join(lines)
            lines = []
        liquid = _LIQUID_CODE.match(line) if kind == "highlight" else None
        lines.append(f"\n~~~~~~{liquid[1]}" if liquid else line)
    yield bool(kind), "\n".join(lines)


def _code_begins(line: str, may_be_indented: bool) -> str:
    """Return which kind of code begins with a line: a fence, or a name; "" for none."""
    if opening := _FENCE.match(line):
        return opening[1]
    if _LIQUID_CODE.match(line):
        return "highlight"
    opened = [match[1] for match in _PRE.finditer(line)]
    if opened and not opened[-1]:
        return "pre"
    return "indented" if may_be_indented and _is_indented(line) and line.strip() else ""


def _ends(line: str, kind: str) -> bool:
    """Return whether a line is the last of a block of code."""
    if kind == "highlight":
        return _LIQUID_END.match(line) is not None
    if kind == "pre":
        return "</pre" in line.lower()
    return kind != "indented" and _closes(line, kind)


def _is_indented(line: str) -> bool:
    return line.startswith(("    ", "\t"))


def _closes(line: str, fence: str) -> bool:
    stripped = line.strip(" \t>")
    return len(stripped) >= len(fence) and not stripped.strip(fence[0])


def _plain_markdown(text: str) -> str:
    """Return Markdown without what generators of websites add to it."""
    text = _CONTAINER.sub(lambda match: f"\n**{match[1] or match[2]}**\n", text)
    text = _HEADING_ATTRIBUTES.sub(r"\1", _LINES.sub("", text))
    text = _KRAMDOWN_BREAK.sub(r"\\", text)
    text = _ALERT.sub(lambda m: f"{m[1]}**{m[3] or m[2].capitalize()}**\n{m[1].rstrip()}", text)
    text = _GENERATORS.sub(lambda m: m["code"] or m["link"] or m["marked"] or "", text)
    text = _WIKI_LINK.sub(r"\1", _WIKI_EMBED.sub("", text))
    text = _STRONG_BESIDE_LETTERS.sub(lambda m: f"<strong>{m[1] or m[2]}</strong>", text)
    return _MARKDOWN_IN_HTML.sub(r"\1\n\n", text)
