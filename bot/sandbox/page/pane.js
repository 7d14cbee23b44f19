// One reader's pane: header, messages, composer with the command menu.

import { h, icon, initial, setText, touch } from "./dom.js";
import { MessageView } from "./message.js";

const LIMIT = 4096;
const PENDING_MS = 10_000;
const TYPING_MS = 5_000;
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long" });
const dayAndYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" });

function dayName(date) {
  const now = new Date();
  if (date.toDateString() === now.toDateString()) return "Today";
  return (date.getFullYear() === now.getFullYear() ? day : dayAndYear).format(date);
}

export class Pane {
  constructor(app, index) {
    this.app = app;
    this.index = index;
    this.views = new Map();
    this.drafts = new Map();
    this.pending = new Map();
    this.fresh = 0;
    this.stick = true;
    this.build();
  }

  build() {
    const id = (name) => `${name}-${this.index}`;
    this.botFace = h("span", { class: "face-dot bot-face", "aria-hidden": "true" });
    this.botName = h("h2");
    this.status = h("p", { class: "status" });
    this.readerFace = h("span", { class: "face-dot small", "aria-hidden": "true" });
    this.readerName = h("span");
    this.select = h("select", { "aria-label": "Reader of this chat", hidden: true });
    this.select.addEventListener("change", () => this.app.choose(this, Number(this.select.value)));
    this.chip = h("div", { class: "chip" }, this.readerFace, this.readerName, this.select);
    const header = h("header", { class: "head" }, this.botFace, h("div", { class: "who" }, this.botName, this.status), this.chip);

    this.list = h("div", { class: "list" });
    this.log = h("div", { class: "log", role: "log", "aria-live": "polite", "aria-relevant": "additions", tabindex: "0" }, this.list);
    this.toastEl = h("div", { class: "toast", role: "status" });
    this.freshBadge = h("span", { class: "badge", hidden: true });
    this.down = h("button", { type: "button", class: "down", "aria-label": "To the newest message", hidden: true }, icon("down"), this.freshBadge);
    this.about = h("div", { class: "about", hidden: true });
    const area = h("div", { class: "area" }, this.log, this.about, this.toastEl, this.down);

    this.menu = h("div", { class: "menu", role: "listbox", id: id("menu"), "aria-label": "Commands", tabindex: "-1", hidden: true });
    this.menuButton = h("button", { type: "button", class: "menu-button", "aria-haspopup": "listbox", "aria-expanded": "false", "aria-controls": id("menu") }, icon("menu"), h("span", {}, "Menu"));
    this.input = h("textarea", { rows: "1", placeholder: "Message", "aria-autocomplete": "list", "aria-controls": id("menu"), dir: "auto", autocomplete: "off", enterkeyhint: "send" });
    this.sendButton = h("button", { type: "submit", class: "send", "aria-label": "Send", disabled: true }, icon("send"));
    this.limit = h("p", { class: "limit", role: "status" });
    this.form = h("form", { class: "composer" }, this.menuButton, this.input, this.sendButton);
    this.start = h("button", { type: "button", class: "start", hidden: true }, "Start");
    const foot = h("footer", { class: "foot" }, this.menu, this.limit, this.form, this.start);

    this.el = h("section", { class: "pane", id: id("pane") }, header, area, foot);

    this.log.addEventListener("scroll", () => this.onScroll(), { passive: true });
    const sizes = new ResizeObserver(() => { if (this.stick) this.toEnd(); });
    sizes.observe(this.log);
    sizes.observe(this.list);
    this.down.addEventListener("click", () => {
      this.toEnd();
      if (!touch()) this.input.focus();
    });
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.submit(); });
    this.start.addEventListener("click", () => this.send("/start"));
    this.input.addEventListener("input", () => this.onInput());
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("blur", () => { if (!this.el.querySelector(".menu:hover")) this.closeMenu(); });
    this.menu.addEventListener("keydown", (event) => this.onKey(event));
    this.menu.addEventListener("focusout", (event) => {
      if (event.relatedTarget !== this.menuButton && event.relatedTarget !== this.input) this.closeMenu();
    });
    this.menuButton.addEventListener("keydown", (event) => {
      if (event.key === "Escape" || !this.menu.hidden && event.key !== "Enter" && event.key !== " ") this.onKey(event);
      else if (event.key === "ArrowUp" || event.key === "ArrowDown") { event.preventDefault(); this.openMenu("", true); }
    });
    this.menuButton.addEventListener("click", () => {
      if (this.menu.hidden) this.openMenu("", true);
      else this.closeMenu();
    });

    this.act = {
      send: (text) => this.send(text),
      tap: (messageId, data, button) => this.tap(messageId, data, button),
      jump: (messageId) => this.jump(messageId),
    };
  }

  // --- what it shows

  get chat() {
    return this.app.chatOf(this.reader?.id);
  }

  show(reader) {
    if (this.reader?.id !== reader.id) {
      if (this.reader) this.drafts.set(this.reader.id, this.input.value);
      for (const view of this.views.values()) view.el.remove();
      this.views.clear();
      for (const button of [...this.pending.keys()]) this.endPending(button);
      this.typing(false);
      this.hideToast();
      this.input.value = this.drafts.get(reader.id) ?? "";
      this.stick = true;
      this.fresh = 0;
    }
    this.reader = reader;
    this.sync();
    this.onInput();
  }

  sync() {
    const { bot, readers } = this.app;
    setText(this.botName, bot.first_name);
    setText(this.botFace, initial(bot.first_name));
    setText(this.readerName, this.reader.first_name);
    setText(this.readerFace, initial(this.reader.first_name));
    this.chip.title = `This is ${this.reader.first_name}’s side`;
    this.el.dataset.tint = readers.findIndex((r) => r.id === this.reader.id) % 4;
    this.el.setAttribute("aria-label", `${this.reader.first_name}’s chat with ${bot.first_name}`);
    this.log.setAttribute("aria-label", `Messages of ${this.reader.first_name}’s chat`);
    this.input.setAttribute("aria-label", `Message as ${this.reader.first_name}`);
    this.menuButton.hidden = !bot.commands?.length;
    this.drawStatus();
    this.drawSelect();

    const about = bot.description || bot.short_description || `${bot.first_name} is ready when you are.`;
    if (this.aboutText !== bot.first_name + about) {
      this.aboutText = bot.first_name + about;
      this.about.replaceChildren(h("div", { class: "about-card" },
        h("span", { class: "face-dot bot-face large", "aria-hidden": "true" }, initial(bot.first_name)),
        h("h3", {}, "What can this bot do?"), h("p", { dir: "auto" }, about)));
    }

    const messages = [...(this.chat?.messages.values() ?? [])].sort((a, b) => a.message_id - b.message_id);
    const first = this.views.size === 0;
    if (first) this.log.setAttribute("aria-live", "off");
    for (const [id, view] of [...this.views]) if (!this.chat?.messages.has(id)) this.drop(id, view);
    for (const message of messages) this.put(message, false);
    this.arrange();
    if (this.stick) this.toEnd();
    if (first) setTimeout(() => this.log.setAttribute("aria-live", "polite"), 400);
  }

  drawSelect() {
    const { readers } = this.app;
    const many = readers.length > 2;
    this.select.hidden = !many;
    this.readerName.hidden = many;
    const key = JSON.stringify(readers.map((r) => [r.id, r.first_name]));
    if (many && key !== this.selectKey) {
      this.selectKey = key;
      this.select.replaceChildren(...readers.map((r) => h("option", { value: r.id }, r.first_name)));
    }
    if (many) this.select.value = String(this.reader.id);
  }

  drawStatus() {
    const typing = !!this.typingTimer;
    this.status.classList.toggle("typing", typing);
    if (typing) this.status.replaceChildren("typing", h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")));
    else setText(this.status, "bot");
  }

  typing(on) {
    clearTimeout(this.typingTimer);
    this.typingTimer = on ? setTimeout(() => this.typing(false), TYPING_MS) : 0;
    this.drawStatus();
  }

  put(message, live) {
    const view = this.views.get(message.message_id);
    if (view) {
      view.update(message);
      return false;
    }
    const own = message.from ? message.from.id === this.reader.id : false;
    const made = new MessageView(message, own, this.act);
    if (live) made.el.classList.add("new");
    const later = [...this.views].filter(([id]) => id > message.message_id).sort((a, b) => a[0] - b[0])[0];
    this.list.insertBefore(made.el, later ? later[1].el : null);
    this.views.set(message.message_id, made);
    return true;
  }

  drop(id, view) {
    if (view.el.contains(document.activeElement)) this.log.focus({ preventScroll: true });
    view.el.remove();
    this.views.delete(id);
  }

  receive(message) {
    const added = this.put(message, true);
    const own = message.from?.id === this.reader.id;
    if (added && !own) this.typing(false);
    this.arrange();
    if (added && own) this.stick = true;
    if (this.stick) this.toEnd();
    else if (added) {
      this.fresh += 1;
      this.drawDown();
    }
    return added && !own;
  }

  remove(id) {
    const view = this.views.get(id);
    if (view) this.drop(id, view);
    this.arrange();
  }

  // Day marks, the tail on the last bubble of a run, the empty state.
  arrange() {
    const views = [...this.views.values()].sort((a, b) => a.message.message_id - b.message.message_id);
    views.forEach((view, i) => {
      const date = new Date(view.message.date * 1000);
      const before = views[i - 1];
      const newDay = !before || new Date(before.message.date * 1000).toDateString() !== date.toDateString();
      view.day.hidden = !newDay;
      if (newDay) setText(view.day, dayName(date));
      const run = !newDay && before.own === view.own && !before.el.classList.contains("keyed");
      view.el.classList.toggle("run", run);
      before?.el.classList.toggle("tail", !run);
      if (i === views.length - 1) view.el.classList.add("tail");
    });
    const empty = views.length === 0;
    if (empty === this.start.hidden) {
      const had = this.start === document.activeElement;
      this.start.hidden = !empty;
      this.about.hidden = !empty;
      this.form.hidden = empty;
      this.log.hidden = empty;
      if (had && !touch()) this.input.focus();
    }
    if (empty) {
      this.closeMenu();
      this.fresh = 0;
      this.drawDown();
    }
  }

  // --- scrolling

  onScroll() {
    const left = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight;
    this.stick = left < 48;
    if (this.stick) this.fresh = 0;
    this.drawDown();
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    this.stick = true;
    this.fresh = 0;
    this.drawDown();
  }

  drawDown() {
    const had = this.down === document.activeElement;
    this.down.hidden = this.stick || this.views.size === 0;
    if (had && this.down.hidden) this.log.focus({ preventScroll: true });
    this.freshBadge.hidden = !this.fresh;
    setText(this.freshBadge, String(this.fresh));
    this.down.setAttribute("aria-label", this.fresh ? `New messages: ${this.fresh}. To the newest` : "To the newest message");
  }

  jump(id) {
    const view = this.views.get(id);
    if (!view) return;
    view.el.scrollIntoView({ block: "center" });
    view.el.classList.remove("flash");
    void view.el.offsetWidth;
    view.el.classList.add("flash");
  }

  // --- toasts and taps

  toast(text, wrong = false) {
    clearTimeout(this.toastTimer);
    this.toastEl.replaceChildren(h("span", { dir: "auto" }, text));
    this.toastEl.classList.toggle("wrong", wrong);
    this.toastEl.classList.add("on");
    this.toastTimer = setTimeout(() => this.hideToast(), Math.max(wrong ? 6000 : 3200, text.length * 65));
  }

  hideToast() {
    clearTimeout(this.toastTimer);
    this.toastEl.classList.remove("on");
  }

  async tap(messageId, data, button) {
    if (this.pending.has(button)) return;
    const reader = this.reader.id;
    const wait = { id: null, timer: setTimeout(() => this.endPending(button), PENDING_MS) };
    this.pending.set(button, wait);
    button.classList.add("pending");
    button.setAttribute("aria-busy", "true");
    try {
      const answer = await this.app.post("/sandbox/taps", { reader, chat: this.chat.id, message_id: messageId, data });
      wait.id = String(answer.callback_query_id);
      if (this.app.answered.has(wait.id)) this.endPending(button);
    } catch (error) {
      this.endPending(button);
      if (this.reader.id === reader) this.toast(error.message, true);
    }
  }

  endPending(button) {
    const wait = this.pending.get(button);
    if (!wait) return;
    clearTimeout(wait.timer);
    this.pending.delete(button);
    button.classList.remove("pending");
    button.removeAttribute("aria-busy");
  }

  answered(queryId) {
    for (const [button, wait] of [...this.pending]) if (wait.id === queryId) this.endPending(button);
  }

  // --- composer

  async send(text) {
    const reader = this.reader.id;
    this.hideToast();
    try {
      const answer = await this.app.post("/sandbox/messages", { reader, text });
      if (answer.message) this.app.onMessage(answer.message.chat?.id ?? this.chat?.id, answer.message, true);
      return true;
    } catch (error) {
      if (this.reader.id === reader) this.toast(error.message, true);
      return false;
    }
  }

  async submit() {
    const typed = this.input.value;
    const text = typed.trim();
    if (!text || text.length > LIMIT) return;
    const reader = this.reader.id;
    this.setDraft("");
    if (await this.send(text)) return;
    // Not sent: the text goes back, before whatever was typed since.
    if (this.reader.id === reader) this.setDraft(this.input.value ? `${typed}\n${this.input.value}` : typed);
    else this.drafts.set(reader, typed);
  }

  setDraft(text) {
    this.input.value = text;
    this.onInput();
  }

  onInput() {
    const { input } = this;
    const length = input.value.trim().length;
    const over = length - LIMIT;
    this.sendButton.disabled = !length || over > 0;
    setText(this.limit, over > 0 ? `${over} over the limit of ${LIMIT} characters` : over > -200 ? `${-over} characters left` : "");
    this.limit.classList.toggle("over", over > 0);
    input.style.height = "auto";
    if (input.scrollHeight) input.style.height = `${Math.min(input.scrollHeight, 132)}px`;
    input.style.overflowY = input.scrollHeight > 132 ? "auto" : "hidden";
    const command = /^\/(\w*)(@\w*)?$/.exec(input.value);
    if (command && document.activeElement === input) this.openMenu(command[1], false);
    else this.closeMenu();
  }

  openMenu(prefix, takeFocus) {
    const commands = (this.app.bot.commands ?? []).filter((c) => c.command.startsWith(prefix.toLowerCase()));
    if (!commands.length) {
      this.closeMenu();
      return;
    }
    this.menu.replaceChildren(...commands.map((c, i) => {
      const option = h("div", { class: "option", role: "option", id: `option-${this.index}-${i}`, "data-command": c.command },
        h("b", {}, `/${c.command}`), h("span", { dir: "auto" }, c.description ?? ""));
      option.addEventListener("pointerdown", (event) => event.preventDefault());
      option.addEventListener("click", () => this.pick(c.command));
      option.addEventListener("pointermove", () => { if (this.active !== i) this.activate(i); });
      return option;
    }));
    this.menu.hidden = false;
    this.menuButton.setAttribute("aria-expanded", "true");
    this.activate(0);
    if (takeFocus) this.menu.focus({ preventScroll: true });
  }

  activate(index) {
    const options = [...this.menu.children];
    this.active = (index + options.length) % options.length;
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === this.active)));
    options[this.active].scrollIntoView({ block: "nearest" });
    for (const el of [this.input, this.menu]) el.setAttribute("aria-activedescendant", options[this.active].id);
  }

  closeMenu() {
    if (this.menu.hidden) return;
    const focus = this.menu.contains(document.activeElement);
    this.menu.hidden = true;
    this.menuButton.setAttribute("aria-expanded", "false");
    for (const el of [this.input, this.menu]) el.removeAttribute("aria-activedescendant");
    if (focus) this.menuButton.focus({ preventScroll: true });
  }

  async pick(command) {
    const typed = this.input.value;
    const wasTyping = typed.startsWith("/");
    if (wasTyping) this.setDraft("");
    this.closeMenu();
    if (!touch()) this.input.focus();
    const sent = await this.send(`/${command}`);
    if (!sent && wasTyping && !this.input.value) this.setDraft(typed);
  }

  onKey(event) {
    if (event.isComposing) return;
    const { key } = event;
    if (!this.menu.hidden) {
      const moves = { ArrowDown: this.active + 1, ArrowUp: this.active - 1 };
      if (event.currentTarget === this.menu) Object.assign(moves, { Home: 0, End: -1 });
      if (key in moves) this.activate(moves[key]);
      else if (key === "Escape") this.closeMenu();
      else if (key === "Enter" && !event.shiftKey) this.pick(this.menu.children[this.active].dataset.command);
      else if (key === "Tab" && !event.shiftKey && event.currentTarget === this.input) {
        this.setDraft(`/${this.menu.children[this.active].dataset.command} `);
      } else return;
      event.preventDefault();
      return;
    }
    if (event.currentTarget === this.input && key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      this.submit();
    }
  }
}
