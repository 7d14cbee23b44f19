// One message.

import { bidi, button, h, icon, setText } from "./dom.js";
import { Keyboard } from "./keyboard.js";
import { dateOf, face, fullName, hue, isService, senderOf, serviceText, summary, timeName } from "./names.js";
import { renderText } from "./rich-text.js";

function forwardName(origin) {
  return origin.chat?.title ?? origin.sender_chat?.title ?? origin.sender_user?.first_name ?? origin.sender_user_name ?? "somebody";
}

function fileRow({ file_name: name, file_size: size }) {
  const [amount, unit] = size < 1e3 ? [size, "B"] : size < 1e6 ? [size / 1e3, "KB"] : [size / 1e6, "MB"];
  return h("div.file", h("span.thumb", icon("file")), h("span", bidi("b", name), h("span", `${+amount.toFixed(1)} ${unit}`)));
}

// own: whether the reader of this pane wrote it. act: link, command, mention, tap(message, data, key),
// inline(button), jump(id), menu(view, place), comments(message)
export class MessageView {
  constructor(message, { own, chat, act }) {
    this.own = own;
    this.chat = chat;
    this.act = act;
    this.service = isService(message);
    this.day = h("div.day", { hidden: true });
    this.bubble = h("div.bubble");
    this.edited = h("span", { hidden: true }, "edited ");
    this.time = h("time");
    this.ticks = h("span.ticks", { hidden: !own });
    this.meta = h("span.meta", { dir: "ltr" }, this.edited, this.time, this.ticks);
    this.box = h("div.box", this.bubble);
    const kind = this.service ? "service" : own ? "own" : "theirs";
    this.el = h("div", { class: `msg ${kind}`, "data-id": message.message_id, tabindex: "-1" }, this.day, h("div.line-up", this.box));
    if (!this.service) this.listen();
    this.update(message);
  }

  listen() {
    this.el.addEventListener("contextmenu", (event) => {
      if (event.target.closest("a") || event.shiftKey) return;
      event.preventDefault();
      this.act.menu(this, { x: event.clientX, y: event.clientY });
    });
    this.el.addEventListener("keydown", (event) => {
      if (event.target !== this.el || !["Enter", " ", "ContextMenu"].includes(event.key)) return;
      event.preventDefault();
      this.openMenu(this.bubble);
    });
    this.dots = button("dots-button", { tabindex: "-1", "aria-label": "Actions for this message", "aria-haspopup": "menu", onclick: () => this.openMenu(this.dots) }, icon("more"));
    this.el.querySelector(".line-up").append(this.dots);
  }

  openMenu(from) {
    const { left, right, top, bottom } = from.getBoundingClientRect();
    this.act.menu(this, { x: this.own ? left : right, y: Math.min(bottom, Math.max(top, 80)) });
  }

  update(message) {
    this.message = message;
    if (this.service) {
      setText(this.bubble, serviceText(message));
      return;
    }
    const { date: _, edit_date: __, reply_markup: ___, ...said } = message;
    const body = JSON.stringify([said, senderOf(message).name]);
    if (body !== this.body) {
      this.body = body;
      this.drawBody();
    }
    const sent = dateOf(message.date);
    this.time.dateTime = sent.toISOString();
    setText(this.time, timeName(sent));
    this.time.title = message.edit_date ? `${fullName(sent)}, edited ${fullName(dateOf(message.edit_date))}` : fullName(sent);
    // New counts are no edit that apps tell of.
    this.edited.hidden = !message.edit_date || message.from?.is_bot === true;
    this.drawKeyboard(message.reply_markup?.inline_keyboard ?? []);
  }

  drawKeyboard(rows) {
    if (!rows.length) {
      this.keyboard?.el.remove();
      this.keyboard = null;
    } else if (!this.keyboard) {
      const { act } = this;
      this.keyboard = new Keyboard({ link: act.link, inline: act.inline, tap: (data, key) => act.tap(this.message, data, key) });
      this.box.append(this.keyboard.el);
    }
    this.keyboard?.update(rows);
    this.el.classList.toggle("keyed", rows.length > 0);
  }

  // --- the bubble

  drawBody() {
    const { message } = this;
    const old = this.bubble;
    const focused = [...old.querySelectorAll("a, button")].indexOf(document.activeElement);
    const bubble = h("div.bubble", this.name(), this.forward(), this.answered(message.reply_to_message), this.content());
    old.replaceWith(bubble);
    this.bubble = bubble;
    if (focused >= 0) bubble.querySelectorAll("a, button")[focused]?.focus({ preventScroll: true });
  }

  name() {
    const { message } = this;
    const sender = senderOf(message);
    const via = message.via_bot && button("via", { onclick: () => this.act.mention(`@${message.via_bot.username}`) }, `via @${message.via_bot.username}`);
    const guest = message.guest_bot_caller_user && h("span.via", `as a guest, asked by ${message.guest_bot_caller_user.first_name}`);
    return h("p", { class: `name${via || guest ? " kept" : ""}` }, h("span.sender", { "data-hue": hue(sender), dir: "auto" }, sender.name), via ? " " : null, via, guest ? " " : null, guest);
  }

  forward() {
    const origin = this.message.forward_origin;
    if (!origin) return null;
    return h("p.forwarded", "Forwarded from ", bidi("strong", forwardName(origin)));
  }

  answered(reply) {
    if (!reply) return null;
    const who = senderOf(reply).name;
    const said = this.message.quote?.text ?? summary(reply);
    return button("reply", { "aria-label": `In reply to ${who}: ${said}`, onclick: () => this.act.jump(reply.message_id) },
      bidi("span.reply-who", who),
      bidi("span.reply-text", said));
  }

  content() {
    const { message } = this;
    const content = h("div.text");
    const text = message.text ?? message.caption ?? "";
    if (message.document) content.append(fileRow(message.document));
    if (text) renderText(content, text, message.entities ?? message.caption_entities, this.act);
    else if (!message.document) content.append(h("span.sticker", summary(message)));
    const last = content.lastElementChild;
    // The time stands on the last line where there is room.
    (last.lastElementChild?.matches("blockquote, pre") && !last.lastElementChild.nextSibling ? content : last).append(this.meta);
    return content;
  }

  // --- its place among others

  arrange({ newDay, run, tail, avatar }) {
    this.day.hidden = !newDay;
    if (newDay) setText(this.day, newDay);
    this.el.classList.toggle("run", run);
    this.el.classList.toggle("tail", tail);
    if (!avatar || this.service) return;
    this.el.classList.add("with-face");
    if (this.face) return;
    this.face = face(senderOf(this.message), "small");
    this.el.querySelector(".line-up").prepend(this.face);
  }

  tick(seen) {
    if (!this.own || this.ticks.dataset.seen === String(seen)) return;
    this.ticks.dataset.seen = String(seen);
    this.ticks.replaceChildren(icon(seen ? "checks" : "check"), h("span.sr", seen ? "seen" : "sent"));
  }

  comments(count) {
    this.commentsEl ??= this.box.appendChild(button("comments", { onclick: () => this.act.comments(this.message) }, icon("comment"), h("span")));
    setText(this.commentsEl.querySelector("span"), count ? `${count} ${count === 1 ? "comment" : "comments"}` : "Leave a comment");
  }
}
