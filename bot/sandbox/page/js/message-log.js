// The messages of the open chat: the newest, and older ones as they are scrolled to.

import { button, calm, h, icon, setText, touch } from "./dom.js";
import { MessageView } from "./message.js";
import { dateOf, dayName, isService, senderOf } from "./names.js";

const FIRST = 40;
const CHUNK = 20;
const MOST = 400;
const NEAR_TOP = 1600;
const NEAR_END = 60;
const RUN_SECONDS = 600;

export class Log {
  // act: what messages need (see MessageView); reached(): the newest is in view.
  constructor(act) {
    this.act = act;
    this.views = new Map();
    this.stick = true;
    this.fresh = 0;
    this.list = h("div.list");
    this.el = h("div.log", { role: "log", "aria-live": "off", tabindex: "0", onkeydown: (event) => this.onKey(event) }, this.list);
    this.badge = h("span.badge", { hidden: true });
    const down = () => {
      this.toEnd();
      if (!touch()) this.act.focus();
    };
    this.down = button("down", { hidden: true, onclick: down }, icon("down"), this.badge);
    this.el.addEventListener("scroll", () => this.onScroll(), { passive: true });
    const sizes = new ResizeObserver(() => { if (this.stick) this.toEnd(); });
    sizes.observe(this.el);
    sizes.observe(this.list);
  }

  // --- which messages are there

  show(chat, reader) {
    this.chat = chat;
    this.reader = reader;
    this.views.clear();
    this.from = Math.max(0, chat.ids.length - FIRST);
    this.list.replaceChildren(...chat.ids.slice(this.from).map((id) => this.make(id).el));
    this.arrangeAll();
    this.fresh = 0;
    this.toEnd();
  }

  make(id) {
    const message = this.chat.messages.get(id);
    const own = this.chat.type !== "channel" && !message.sender_chat && message.from?.id === this.reader.id;
    const view = new MessageView(message, { own, chat: this.chat, act: this.act });
    this.views.set(id, view);
    return view;
  }

  receive(message) {
    const id = message.message_id;
    const view = this.views.get(id);
    if (view) {
      view.update(message);
      return;
    }
    const at = this.chat.ids.indexOf(id);
    if (at < this.from) {
      this.from += 1;
      return;
    }
    const made = this.make(id);
    this.list.insertBefore(made.el, this.views.get(this.chat.ids[at + 1])?.el ?? null);
    for (const place of [at - 1, at, at + 1]) this.arrange(place);
    this.follow(made.own);
  }

  // The newest comes into view, unless an older one is read.
  follow(own) {
    if (own) this.stick = true;
    if (this.stick) {
      this.trim();
      this.toEnd();
    } else {
      this.fresh += 1;
      this.drawDown();
    }
  }

  remove(id) {
    const view = this.views.get(id);
    if (!view) {
      this.from = Math.max(0, this.from - 1);
      return;
    }
    if (view.el.contains(document.activeElement)) this.el.focus({ preventScroll: true });
    view.el.remove();
    this.views.delete(id);
    this.arrangeAll();
  }

  older(until = this.from - CHUNK) {
    const to = this.from;
    this.from = Math.max(0, until);
    if (to === this.from) return;
    const anchor = this.list.firstElementChild;
    const before = anchor?.getBoundingClientRect().top ?? 0;
    this.list.prepend(...this.chat.ids.slice(this.from, to).map((id) => this.make(id).el));
    for (let at = this.from; at <= to; at += 1) this.arrange(at);
    // What was in view stays there, whatever the browser does.
    const moved = (anchor?.getBoundingClientRect().top ?? 0) - before;
    if (moved) this.el.scrollTop += moved;
  }

  // A chat that is followed for hours does not grow without end.
  trim() {
    if (this.chat.ids.length - this.from <= MOST) return;
    const from = this.chat.ids.length - FIRST;
    for (const id of this.chat.ids.slice(this.from, from)) {
      this.views.get(id)?.el.remove();
      this.views.delete(id);
    }
    this.from = from;
    this.arrange(from);
  }

  // --- how they stand together

  arrangeAll() {
    for (let at = this.from; at < this.chat.ids.length; at += 1) this.arrange(at);
  }

  arrange(at) {
    const { ids, messages } = this.chat;
    const view = at >= this.from && this.views.get(ids[at]);
    if (!view) return;
    const [before, after] = [messages.get(ids[at - 1]), messages.get(ids[at + 1])];
    const newDay = !before || !sameDay(before, view.message) ? dayName(dateOf(view.message.date)) : null;
    const tail = !after || !follows(view.message, after);
    const shared = this.chat.type === "group" || this.chat.type === "supergroup";
    view.arrange({ newDay, run: Boolean(before) && follows(before, view.message), tail, avatar: shared && !view.own });
  }

  eachOwn(act) {
    for (const view of this.views.values()) if (view.own) act(view);
  }

  // --- scrolling and keys

  onScroll() {
    const { scrollTop, scrollHeight, clientHeight } = this.el;
    this.stick = scrollHeight - scrollTop - clientHeight < NEAR_END;
    if (this.stick && this.fresh) this.fresh = 0;
    if (scrollTop < NEAR_TOP && this.from > 0) this.older();
    this.drawDown();
    if (this.stick) this.act.reached();
  }

  toEnd() {
    this.el.scrollTop = this.el.scrollHeight;
    this.stick = true;
    this.fresh = 0;
    this.drawDown();
    this.act.reached();
  }

  drawDown() {
    const had = this.down === document.activeElement;
    this.down.hidden = this.stick || this.views.size === 0;
    if (had && this.down.hidden) this.el.focus({ preventScroll: true });
    this.badge.hidden = !this.fresh;
    setText(this.badge, String(this.fresh));
    this.down.setAttribute("aria-label", this.fresh ? `New messages: ${this.fresh}. To the newest` : "To the newest message");
  }

  jump(id) {
    const at = this.chat.ids.indexOf(id);
    if (at < 0) return false;
    if (at < this.from) this.older(at - 10);
    const { el } = this.views.get(id);
    el.scrollIntoView({ block: "center", behavior: calm() ? "auto" : "smooth" });
    el.focus({ preventScroll: true });
    el.classList.remove("flash");
    void el.offsetWidth;
    el.classList.add("flash");
    return true;
  }

  // Up and down go from message to message.
  onKey(event) {
    const step = { ArrowUp: "previousElementSibling", ArrowDown: "nextElementSibling" }[event.key];
    const on = event.target.closest(".msg");
    if (!step || (event.target !== this.el && event.target !== on)) return;
    event.preventDefault();
    const next = on ? on[step] : this.list.lastElementChild;
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }
}

function sameDay(one, other) {
  return dateOf(one.date).toDateString() === dateOf(other.date).toDateString();
}

// Whether a message continues the one before it: the same sender, soon after.
function follows(before, message) {
  if (!sameDay(before, message) || message.date - before.date > RUN_SECONDS) return false;
  if (isService(before) || isService(message) || before.reply_markup || message.forward_origin) return false;
  return senderOf(before).id === senderOf(message).id && before.via_bot?.id === message.via_bot?.id;
}
