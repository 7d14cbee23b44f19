// The open chat of a pane: its head, its messages and its foot.

import { aboutChat } from "./about-dialogs.js";
import { Composer } from "./composer.js";
import { bidi, button, h, icon, pause, setText } from "./dom.js";
import { emptyCard } from "./empty-chat.js";
import { Log } from "./message-log.js";
import { openMenu } from "./message-menu.js";
import { chatFace, isService, senderOf, summary, titleOf } from "./names.js";
import { Taps } from "./pending-taps.js";
import { Toast } from "./toasts.js";

const TYPING_MS = 5000;
const SPOKEN = 400;

export class Conversation {
  // pane: the Pane that it stands in.
  constructor(pane) {
    this.pane = pane;
    this.store = pane.store;
    this.typingUntil = new Map();
    this.toast = new Toast();
    this.taps = new Taps(pane);
    this.log = new Log(this.acts());
    this.composer = new Composer(pane);
    this.build();
  }

  get chat() {
    return this.pane.chat;
  }

  build() {
    this.face = h("span.head-face");
    this.title = bidi("h3");
    this.status = h("p.status");
    const back = button("round back", { "aria-label": "Back to the chats", onclick: () => this.pane.back() }, icon("back"));
    this.info = button("round", { "aria-haspopup": "dialog", onclick: () => aboutChat(this.pane) }, icon("more"));
    this.discuss = button("round", { "aria-label": "Open the discussion", hidden: true, onclick: () => this.pane.open(this.store.chats.get(this.chat.discussion)) }, icon("comment"));
    const skip = button("skip plain", { onclick: () => this.pane.focus() }, "To the text field");
    const head = h("header.head", skip, back, this.face, h("div.who", this.title, this.status), this.discuss, this.info);
    this.empty = h("div.empty", { hidden: true });
    this.announcer = h("div.sr", { role: "status", "aria-live": "polite" });
    const area = h("div.area", this.log.el, this.empty, this.toast.el, this.log.down, this.announcer);
    this.foot = h("footer.foot", this.composer.el);
    this.el = h("section.conversation", head, area, this.foot);
  }

  // What messages can have done to them.
  acts() {
    const { pane } = this;
    return {
      link: (url) => pane.link(url),
      command: (text) => this.composer.say(text),
      mention: (text) => this.mention(text),
      tap: (message, data, key) => this.taps.tap(message, data, key),
      inline: (given) => pane.inline(given),
      jump: (id) => { if (!this.log.jump(id)) this.toast.show("That message is no longer here."); },
      menu: (view, place) => openMenu(pane, view, place),
      comments: (post) => pane.comments(post),
      reached: () => this.reached(),
      focus: () => this.composer.focus(),
    };
  }

  // This bot's name begins a query; any other does nothing.
  mention(text) {
    const { bot } = this.store;
    if (text.slice(1).toLowerCase() !== bot.username.toLowerCase()) return;
    this.composer.write(`@${bot.username} `);
    this.composer.focus();
  }

  // --- what it shows

  show() {
    const { reader } = this.pane;
    this.log.show(this.chat, reader);
    this.log.el.setAttribute("aria-label", `Messages of ${titleOf(this.chat, this.store.bot)}, for ${reader.first_name}`);
    this.composer.show();
    this.draw();
    for (const id of this.chat.ids.slice(this.log.from)) this.decorate(id);
  }

  draw() {
    const { bot } = this.store;
    const title = titleOf(this.chat, bot);
    setText(this.title, title);
    this.face.replaceChildren(chatFace(this.chat, bot, "medium"));
    this.el.dataset.type = this.chat.type;
    this.el.setAttribute("aria-label", `${this.pane.reader.first_name}’s chat with ${title}`);
    this.info.setAttribute("aria-label", `About ${title}`);
    this.discuss.hidden = !this.chat.discussion;
    this.drawStatus();
    this.drawEmpty();
    this.drawFoot();
    this.drawTicks();
  }

  drawStatus() {
    const typing = (this.typingUntil.get(this.chat.id) ?? 0) > Date.now();
    this.status.classList.toggle("typing", typing);
    if (!typing) {
      setText(this.status, this.about());
      return;
    }
    const who = this.chat.type === "private" ? "typing" : `${this.store.bot.first_name} is typing`;
    this.status.replaceChildren(who, h("span.dots", { "aria-hidden": "true" }, h("i"), h("i"), h("i")));
  }

  about() {
    const { chat, store } = this;
    if (chat.type === "private") return store.running ? "bot" : "bot is restarting…";
    const count = chat.readers.length;
    if (chat.type === "channel") return `@${chat.username} · ${count} ${count === 1 ? "subscriber" : "subscribers"}`;
    const names = chat.readers.map((id) => store.reader(id)?.first_name).filter(Boolean);
    const inside = !["left", "kicked"].includes(chat.bot_status);
    return [...names, ...(inside ? [store.bot.first_name] : [])].join(", ");
  }

  drawEmpty() {
    const empty = this.chat.ids.length === 0;
    this.empty.hidden = !empty;
    this.log.el.hidden = empty;
    if (empty) this.empty.replaceChildren(emptyCard(this.pane));
  }

  // The composer, START, Unblock, or why nobody can write.
  drawFoot() {
    const { chat, reader } = this.pane;
    let other = null;
    if (chat.type === "private" && chat.bot_status === "kicked") other = button("start", { onclick: () => this.pane.block(false) }, "Unblock");
    else if (this.pane.pendingStart || (chat.type === "private" && !chat.ids.length)) other = button("start", { onclick: () => this.pane.start() }, "Start");
    else if (chat.type === "channel" && chat.readers[0] !== reader.id) {
      other = h("p.closed", `Only ${this.store.reader(chat.readers[0])?.first_name ?? "the owner"} and the bot post here.`);
    }
    const had = this.foot.contains(document.activeElement);
    const same = other && this.foot.lastElementChild.textContent === other.textContent && this.foot.lastElementChild !== this.composer.el;
    this.composer.el.hidden = Boolean(other);
    if (same) return;
    this.foot.replaceChildren(...(other ? [this.composer.el, other] : [this.composer.el]));
    if (had && !other) this.composer.focus();
  }

  // --- what happens

  receive(message) {
    const isNew = !this.log.views.has(message.message_id) && message.message_id === this.chat.ids.at(-1);
    this.log.receive(message);
    this.decorate(message.message_id);
    if (this.chat.ids.length === 1) this.draw();
    if (!isNew) return;
    if (message.from?.id === this.store.bot.id) this.typing(this.chat, false);
    this.drawTicks();
    this.announce(message);
  }

  decorate(id) {
    const view = this.log.views.get(id);
    if (view && this.chat.type === "channel" && this.chat.discussion) view.comments(this.pane.commentsOf(view.message).length);
  }

  announce(message) {
    if (message.from?.id === this.pane.reader.id) return;
    const text = isService(message) ? summary(message) : `${senderOf(message).name}: ${message.text ?? summary(message)}`;
    setText(this.announcer, text.slice(0, SPOKEN));
  }

  remove(id) {
    this.log.remove(id);
    if (!this.chat.ids.length) this.draw();
  }

  drawTicks() {
    const { reader, chat } = this.pane;
    this.log.eachOwn((view) => view.tick(this.store.seen(reader.id, chat, view.message.message_id)));
  }

  async typing(chat, on) {
    this.typingUntil.set(chat.id, on ? Date.now() + TYPING_MS : 0);
    this.pane.list.typing(chat, on);
    if (chat === this.chat) this.drawStatus();
    if (!on) return;
    await pause(TYPING_MS + 50);
    if (Date.now() > this.typingUntil.get(chat.id)) this.typing(chat, false);
  }

  reached() {
    if (this.pane.visible && this.chat) this.store.mark(this.pane.reader.id, this.chat);
  }
}
