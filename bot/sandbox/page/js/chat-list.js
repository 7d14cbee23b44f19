// A reader's chats: who, the last line, how much is unread.

import { arrow, bidi, button, h, setText } from "./dom.js";
import { chatFace, dateOf, dayName, descriptionFor, isService, senderOf, summary, timeName, titleOf } from "./names.js";

function when(message) {
  const date = dateOf(message.date);
  const day = dayName(date);
  return day === "Today" ? timeName(date) : day;
}

export class ChatList {
  // open(chat): the reader opens one of the chats.
  constructor(store, open) {
    this.store = store;
    this.open = open;
    this.rows = new Map();
    this.list = h("ul.chat-rows");
    this.el = h("nav.chat-list", { onkeydown: (event) => arrow(event, [...this.list.querySelectorAll("button")]) }, this.list);
  }

  show(reader, current) {
    this.reader = reader;
    this.el.setAttribute("aria-label", `${reader.first_name}’s chats`);
    const chats = this.store.chatsOf(reader.id);
    const ids = new Set(chats.map((chat) => chat.id));
    for (const [id, row] of this.rows) {
      if (ids.has(id)) continue;
      row.el.remove();
      this.rows.delete(id);
    }
    for (const chat of chats) this.draw(chat);
    this.sort();
    this.choose(current);
  }

  draw(chat) {
    if (!this.rows.has(chat.id)) {
      this.rows.set(chat.id, this.row(chat));
      this.list.append(this.rows.get(chat.id).el);
    }
    const row = this.rows.get(chat.id);
    const last = chat.messages.get(chat.ids.at(-1));
    const title = titleOf(chat, this.store.bot);
    const unread = this.store.unread(this.reader.id, chat);
    setText(row.title, title);
    setText(row.when, last ? when(last) : "");
    if (row.drawn !== title) row.face.replaceChildren(chatFace(chat, this.store.bot));
    row.drawn = title;
    this.drawLine(row, chat, last);
    row.badge.hidden = !unread;
    row.badge.firstChild.data = unread > 99 ? "99+" : String(unread);
  }

  drawLine(row, chat, last) {
    if (row.typing) row.line.replaceChildren(h("span.typing", "typing…"));
    else if (last) row.line.replaceChildren(...this.lastLine(chat, last));
    else row.line.replaceChildren(this.emptyLine(chat));
  }

  lastLine(chat, last) {
    const own = last.from?.id === this.reader.id && !last.sender_chat;
    const group = chat.type === "group" || chat.type === "supergroup";
    const who = own ? "You" : senderOf(last).name;
    const named = !isService(last) && (own || group);
    return [named ? h("span.by", `${who}: `) : "", summary(last)];
  }

  emptyLine(chat) {
    if (chat.type === "private") return descriptionFor(this.store.bot, this.reader);
    return chat.type === "channel" ? "Nothing is posted yet" : "Nobody has written yet";
  }

  row(chat) {
    const title = bidi("span.row-title");
    const time = h("span.row-when");
    const line = bidi("span.row-line");
    const badge = h("span.badge", { hidden: true }, "0", h("span.sr", " unread"));
    const face = h("span.row-face");
    const opener = button("chat-row", { onclick: () => this.open(this.store.chats.get(chat.id)) },
      face, h("span.row-top", title, time), h("span.row-bottom", line, badge));
    return { el: h("li", opener), opener, title, when: time, line, badge, face };
  }

  // The bot's chat first, then the latest.
  sort() {
    const last = (chat) => chat.messages.get(chat.ids.at(-1))?.date ?? 0;
    const chats = this.store.chatsOf(this.reader.id);
    const order = [...chats].sort((a, b) => (b.type === "private") - (a.type === "private") || last(b) - last(a));
    const now = [...this.list.children];
    order.forEach((chat, i) => {
      const { el } = this.rows.get(chat.id);
      if (now[i] !== el) this.list.insertBefore(el, this.list.children[i] ?? null);
    });
  }

  choose(current) {
    for (const [id, row] of this.rows) {
      if (id === current?.id) row.opener.setAttribute("aria-current", "true");
      else row.opener.removeAttribute("aria-current");
    }
  }

  typing(chat, on) {
    const row = this.rows.get(chat.id);
    if (!row) return;
    row.typing = on;
    this.drawLine(row, chat, chat.messages.get(chat.ids.at(-1)));
  }

  focus(chat) {
    this.rows.get(chat?.id)?.opener.focus();
  }
}
