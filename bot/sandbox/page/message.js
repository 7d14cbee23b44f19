// One message: its text with entities, its meta line and its inline keyboard.

import { calm, h, icon, setText } from "./dom.js";

// Which entity wraps which, outermost first. A lower one that crosses the border
// of a higher one is cut there, so whatever overlaps, the tree is well-formed.
const ORDER = [
  "blockquote", "expandable_blockquote", "pre", "spoiler",
  "text_link", "url", "bot_command", "mention", "text_mention", "hashtag", "cashtag", "email", "phone_number",
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

const quotes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const block = target.parentElement;
    if (!block || block.classList.contains("open")) continue;
    block.classList.toggle("fits", target.scrollHeight <= target.clientHeight + 2);
  }
});

function expandable() {
  const inner = h("div", { class: "quote-text" });
  const more = h("button", { type: "button", class: "more", "aria-expanded": "false", "aria-label": "Show the whole quotation" }, icon("down"));
  const outer = h("blockquote", { class: "expandable", dir: "auto" }, inner, more);
  const toggle = () => {
    const open = outer.classList.toggle("open");
    more.setAttribute("aria-expanded", String(open));
    more.setAttribute("aria-label", open ? "Show less of the quotation" : "Show the whole quotation");
  };
  outer.addEventListener("click", (event) => {
    if (outer.classList.contains("fits")) return;
    if (event.target.closest("a, button:not(.more), .spoiler.hidden")) return;
    if (!getSelection().isCollapsed) return;
    toggle();
  });
  quotes.observe(inner);
  return { outer, inner };
}

function spoiler() {
  const inner = h("span", { class: "spoiler-text" });
  const outer = h("span", { class: "spoiler hidden", role: "button", tabindex: "0", "aria-label": "Hidden text: show it" }, inner);
  const reveal = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    if (!outer.classList.contains("hidden")) return;
    event.preventDefault();
    for (const one of outer.closest(".msg").querySelectorAll(".spoiler.hidden")) {
      one.classList.remove("hidden");
      for (const name of ["role", "tabindex", "aria-label"]) one.removeAttribute(name);
    }
  };
  outer.addEventListener("click", reveal);
  outer.addEventListener("keydown", reveal);
  return { outer, inner };
}

function wrap(entity, text, act) {
  const one = (el) => ({ outer: el, inner: el });
  const { type } = entity;
  if (PLAIN[type]) return one(h(PLAIN[type]));
  if (type === "blockquote") return one(h("blockquote", { dir: "auto" }));
  if (type === "expandable_blockquote") return expandable();
  if (type === "spoiler") return spoiler();
  if (type === "pre") {
    const inner = h("code");
    return { outer: h("pre", { dir: "ltr", "data-language": entity.language || null }, inner), inner };
  }
  if (type === "text_link" || type === "url") {
    const href = type === "url" ? safeUrl(text, true) : safeUrl(entity.url);
    if (!href) return one(h("span"));
    return one(h("a", { href, rel: "noopener noreferrer", target: "_blank", title: type === "url" ? null : href }));
  }
  if (type === "bot_command") return one(h("button", { type: "button", class: "command", onclick: () => act.send(text) }));
  return one(h("span", { class: "mention" }));
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
    // A block ends its line by itself: the newline after it would be an empty one.
    if (BLOCKS.has(entity.type) && text[at] === "\n") at += 1;
  }
  fill(parent, text, at, to, within(rest, at, to), act);
}

export function renderText(parent, text, entities, act) {
  const known = (entities ?? [])
    .filter((e) => RANK.has(e.type) && e.length > 0)
    .map((e) => ({ ...e, rank: RANK.get(e.type), start: Math.max(0, e.offset), end: Math.min(text.length, e.offset + e.length) }))
    .filter((e) => e.start < e.end);
  fill(parent, text, 0, text.length, known, act);
}

export function summary(message) {
  if (message.text) return message.text.replace(/\s+/g, " ").slice(0, 160);
  if (message.photo) return message.caption ? `Photo: ${message.caption.slice(0, 120)}` : "Photo";
  if (message.sticker) return `Sticker ${message.sticker.emoji ?? ""}`.trim();
  return "Message";
}

const NAMES = {
  "👍": "Like", "👎": "Dislike", "❤": "Love", "😂": "Funny", "🤣": "Funny", "😁": "Happy", "😮": "Surprised", "😲": "Surprised",
  "😱": "Shocked", "🤯": "Mind blown", "😢": "Sad", "😭": "Sad", "😡": "Angry", "😠": "Angry", "🤔": "Thinking", "🔥": "Fire",
  "🎉": "Celebrate", "👏": "Applause", "🙏": "Thanks",
};

// "❤️ 3" is read out as "Love, 3"; a label with words in it as it stands.
export function spoken(text) {
  if (/\p{L}/u.test(text)) return null;
  for (const [emoji, name] of Object.entries(NAMES)) {
    const at = text.indexOf(emoji);
    if (at < 0) continue;
    const before = text.slice(0, at).trim();
    const after = text.slice(at + emoji.length).replace(/^[\uFE0F\u{1F3FB}-\u{1F3FF}]+/u, "").trim();
    return [before, name, after].filter(Boolean).join(", ");
  }
  return null;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

export class MessageView {
  // act: send(text), tap(messageId, data, button), jump(messageId)
  constructor(message, own, act) {
    this.own = own;
    this.act = act;
    this.day = h("div", { class: "day", hidden: true });
    this.bubble = h("div", { class: "bubble" });
    this.mark = h("span", { class: "edited", hidden: true }, "edited ");
    this.time = h("time");
    this.meta = h("span", { class: "meta", dir: "ltr" }, this.mark, this.time);
    this.box = h("div", { class: "box" }, this.bubble);
    this.el = h("div", { class: `msg ${own ? "own" : "bot"}`, "data-id": message.message_id }, this.day, this.box);
    this.update(message);
  }

  update(message) {
    this.message = message;
    const { text, entities, caption, caption_entities, photo, sticker, reply_to_message: reply, from } = message;
    const body = JSON.stringify([text, entities, caption, caption_entities, !!photo, sticker, reply && [reply.message_id, summary(reply)], from]);
    if (body !== this.body) {
      this.body = body;
      this.drawBody();
    }
    const sent = new Date(message.date * 1000);
    this.time.dateTime = sent.toISOString();
    setText(this.time, clock.format(sent));
    this.time.title = message.edit_date ? `${full.format(sent)}, edited ${full.format(new Date(message.edit_date * 1000))}` : full.format(sent);
    this.mark.hidden = !message.edit_date;
    this.drawKeyboard(message.reply_markup?.inline_keyboard ?? []);
  }

  drawBody() {
    const { message } = this;
    const old = this.bubble;
    const open = [...old.querySelectorAll(".expandable")].map((el) => el.classList.contains("open"));
    const revealed = !!old.querySelector(".spoiler:not(.hidden)");
    const stops = [...old.querySelectorAll("a, button, [tabindex]")];
    const focused = stops.indexOf(document.activeElement);

    const bubble = h("div", { class: "bubble" });
    bubble.append(h("span", { class: "sr" }, `${message.from?.first_name ?? "Bot"}: `));
    const reply = message.reply_to_message;
    if (reply) {
      bubble.append(h("button", { type: "button", class: "reply", "aria-label": `In reply to: ${summary(reply)}`, onclick: () => this.act.jump(reply.message_id) },
        h("span", { class: "reply-who" }, reply.from?.first_name ?? "Message"),
        h("span", { class: "reply-text", dir: "auto" }, summary(reply))));
    }
    const content = h("div", { class: "text", dir: "auto" });
    if (message.photo) bubble.append(h("div", { class: "photo" }, "Photo"));
    if (message.sticker) content.append(h("span", { class: "sticker" }, `Sticker ${message.sticker.emoji ?? ""}`.trim()));
    const text = message.text ?? message.caption ?? "";
    if (text) renderText(content, text, message.entities ?? message.caption_entities, this.act);
    else if (!message.photo && !message.sticker) content.append(h("span", { class: "sticker" }, "A kind of message that this page does not show"));
    content.append(this.meta);
    bubble.append(content);

    old.replaceWith(bubble);
    this.bubble = bubble;
    bubble.querySelectorAll(".expandable").forEach((el, i) => { if (open[i]) el.querySelector(".more").click(); });
    if (revealed) bubble.querySelector(".spoiler.hidden")?.click();
    if (focused >= 0) bubble.querySelectorAll("a, button, [tabindex]")[focused]?.focus({ preventScroll: true });
  }

  drawKeyboard(rows) {
    const shape = rows.map((row) => row.map((b) => (b.url ? "u" : "b")).join("")).join("/");
    if (shape !== this.shape) {
      const had = this.keyboard && [...this.keyboard.querySelectorAll(".key")];
      const at = had ? had.indexOf(document.activeElement) : -1;
      const data = at >= 0 ? had[at].dataset.data : undefined;
      this.keyboard?.remove();
      this.keyboard = null;
      this.shape = shape;
      if (rows.length) {
        this.keyboard = h("div", { class: "keyboard", role: "group", "aria-label": "Buttons of this message" },
          ...rows.map((row) => h("div", { class: "row" }, ...row.map((button) => this.key(button)))));
        this.box.append(this.keyboard);
      }
      this.el.classList.toggle("keyed", rows.length > 0);
      if (at >= 0) {
        const keys = this.keyboard ? [...this.keyboard.querySelectorAll(".key")] : [];
        const next = keys.find((key) => data && key.dataset.data === data) ?? keys[Math.min(at, keys.length - 1)];
        if (next) next.focus({ preventScroll: true });
        else this.el.closest(".log")?.focus({ preventScroll: true });
      }
    }
    if (!this.keyboard) return;
    const keys = this.keyboard.querySelectorAll(".key");
    rows.flat().forEach((button, i) => this.patchKey(keys[i], button));
  }

  key(button) {
    const face = h("span", { class: "face", dir: "auto" });
    if (button.url) return h("a", { class: "key", rel: "noopener noreferrer", target: "_blank" }, face, icon("out"));
    const key = h("button", { type: "button", class: "key" }, face);
    key.addEventListener("click", () => {
      if (key.dataset.data !== undefined) this.act.tap(this.message.message_id, key.dataset.data, key);
    });
    return key;
  }

  patchKey(key, button) {
    if (button.url) {
      const href = safeUrl(button.url);
      if (href) key.href = href;
      else key.removeAttribute("href");
    } else if (button.callback_data !== undefined) key.dataset.data = button.callback_data;
    else delete key.dataset.data;
    const face = key.querySelector(".face");
    if (face.textContent === button.text) return;
    const first = face.textContent === "";
    face.textContent = button.text;
    const label = spoken(button.text);
    if (label) key.setAttribute("aria-label", label);
    else key.removeAttribute("aria-label");
    key.classList.toggle("reaction", !!label);
    if (!first && !calm()) face.animate([{ transform: "scale(1.22)" }, { transform: "none" }], { duration: 260, easing: "ease-out" });
  }
}
