// A message's text with its entities, as elements.

import { bidi, button, h, icon } from "./dom.js";

// Which entity wraps which, outermost first. A lower one that crosses the border
// of a higher one is cut there, so whatever overlaps, the tree is well-formed.
const ORDER = [
  "blockquote", "expandable_blockquote", "pre",
  "text_link", "url", "bot_command", "mention", "text_mention",
  "bold", "italic", "underline", "strikethrough", "code",
];
const RANK = new Map(ORDER.map((type, rank) => [type, rank]));
const BLOCKS = new Set(["blockquote", "expandable_blockquote", "pre"]);
const LINKS = new Set(ORDER.slice(ORDER.indexOf("text_link"), ORDER.indexOf("bold")));
const PLAIN = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code" };

export function safeUrl(raw, guessScheme = false) {
  let text = String(raw ?? "").trim();
  if (guessScheme && !/^[a-z][a-z0-9+.-]*:/i.test(text)) text = `https://${text}`;
  try {
    const url = new URL(text);
    return ["http:", "https:", "tg:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

// A link that may be followed here; others open beside it.
export function anchor(href, act, props = {}) {
  const follow = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || !act.link(href)) return;
    event.preventDefault();
  };
  return h("a", { href, rel: "noopener noreferrer", target: "_blank", onclick: follow, ...props });
}

const quotes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const block = target.parentElement;
    if (!block || block.classList.contains("open")) continue;
    block.classList.toggle("fits", target.scrollHeight <= target.clientHeight + 2);
  }
});

function expandable() {
  const inner = h("div.quote-text");
  const words = h("span", "Show more");
  const toggle = () => {
    const open = outer.classList.toggle("open");
    more.setAttribute("aria-expanded", String(open));
    words.textContent = open ? "Show less" : "Show more";
  };
  const more = button("more", { "aria-expanded": "false", onclick: toggle }, words, icon("down"));
  const outer = bidi("blockquote.expandable", inner, more);
  quotes.observe(inner);
  return { outer, inner };
}

function wrap(entity, text, act) {
  const one = (el) => ({ outer: el, inner: el });
  const { type } = entity;
  if (PLAIN[type]) return one(h(PLAIN[type]));
  if (type === "blockquote") return one(bidi("blockquote"));
  if (type === "expandable_blockquote") return expandable();
  if (type === "pre") return one(h("pre", { dir: "ltr" }));
  if (type === "text_link" || type === "url") {
    const href = type === "url" ? safeUrl(text, true) : safeUrl(entity.url);
    return one(href ? anchor(href, act, { title: type === "url" ? null : href }) : h("span"));
  }
  if (type === "bot_command") return one(button("command", { dir: "ltr", onclick: () => act.command(text) }));
  if (type === "mention") return one(button("command", { dir: "ltr", onclick: () => act.mention(text) }));
  return one(h("span.mention"));
}

const within = (entities, from, to) => entities.filter((e) => e.start < to && e.end > from);

function fill(parent, text, from, to, entities, act) {
  if (from >= to) return;
  if (!entities.length) {
    parent.append(text.slice(from, to));
    return;
  }
  const rank = Math.min(...entities.map((e) => e.rank));
  const here = entities.filter((e) => e.rank === rank).sort((a, b) => a.start - b.start);
  const rest = entities.filter((e) => e.rank !== rank);
  let at = from;
  for (const entity of here) {
    const start = Math.max(entity.start, at);
    const end = Math.min(entity.end, to);
    if (start >= end) continue;
    fill(parent, text, at, start, within(rest, at, start), act);
    const { outer, inner } = wrap(entity, text.slice(start, end), act);
    const nested = LINKS.has(entity.type) ? rest.filter((e) => !LINKS.has(e.type)) : rest;
    fill(inner, text, start, end, within(nested, start, end), act);
    parent.append(outer);
    at = end;
    // A block ends its line by itself.
    if (BLOCKS.has(entity.type) && text[at] === "\n") at += 1;
  }
  fill(parent, text, at, to, within(rest, at, to), act);
}

// Where a text can be cut into paragraphs: at newlines that no entity holds inside.
function paragraphs(text, entities) {
  const parts = [];
  let from = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
    if (entities.some((e) => e.start < at && e.end > at + 1)) continue;
    parts.push([from, at]);
    from = at + 1;
  }
  parts.push([from, text.length]);
  return parts;
}

function known(text, entities) {
  return (entities ?? [])
    .filter((e) => RANK.has(e.type) && e.length > 0)
    .map((e) => ({ ...e, rank: RANK.get(e.type), start: Math.max(0, e.offset), end: Math.min(text.length, e.offset + e.length) }))
    .filter((e) => e.start < e.end);
}

// act: link(url) → whether it was followed here, command(text), mention(text).
// Each paragraph has a direction of its own.
export function renderText(parent, text, entities, act) {
  const all = known(text, entities);
  for (const [from, to] of paragraphs(text, all)) {
    const paragraph = bidi("div.p");
    if (from === to) paragraph.append(h("br"));
    else fill(paragraph, text, from, to, within(all, from, to), act);
    parent.append(paragraph);
  }
}
