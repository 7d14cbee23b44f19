// The sandbox's page: keeps the state that the server streams and shows it in two panes.

import { h, icon, initial, setText } from "./dom.js";
import { Faults } from "./faults.js";
import { Pane } from "./pane.js";

const byId = (id) => document.getElementById(id);
// Too narrow for two chats side by side: a phone, or a small window with the drawer open. As in style.css.
const isNarrow = () => byId("chats").clientWidth < 700;
let narrow = isNarrow();

const app = {
  bot: null,
  readers: [],
  chats: new Map(),
  panes: [],
  answered: new Set(),
  shown: 0,

  chatOf(reader) {
    for (const chat of this.chats.values()) if (chat.reader === reader) return chat;
    return null;
  },

  async ask(method, path, body) {
    const more = body ? { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : {};
    let answer;
    try {
      answer = await fetch(path, { method, ...more });
    } catch {
      throw new Error("The sandbox does not answer. Is it still running?");
    }
    const data = await answer.json().catch(() => null);
    if (!answer.ok) {
      const problem = new Error(data?.error || `The sandbox answered with an error (${answer.status}).`);
      throw Object.assign(problem, { status: answer.status });
    }
    return data ?? {};
  },

  post(path, body) {
    return this.ask("POST", path, body);
  },

  // --- from the stream

  // Only private chats are shown: what happens in a group finds no chat here and passes by.
  keep(chat) {
    if ((chat.type ?? "private") !== "private") return;
    this.chats.set(chat.id, { ...chat, messages: new Map((chat.messages ?? []).map((m) => [m.message_id, m])) });
  },

  onState(state) {
    this.bot = state.bot;
    this.readers = state.readers;
    this.chats.clear();
    for (const chat of state.chats) this.keep(chat);
    this.refresh();
  },

  onMessage(chatId, message, onlyIfNew = false) {
    const chat = this.chats.get(chatId);
    if (!chat || (onlyIfNew && chat.messages.has(message.message_id))) return;
    chat.messages.set(message.message_id, message);
    const pane = this.paneOf(chat);
    if (pane?.receive(message)) this.mark(pane);
  },

  onDeleted({ chat: chatId, message_id: id }) {
    const chat = this.chats.get(chatId);
    if (chat?.messages.delete(id)) this.paneOf(chat)?.remove(id);
  },

  onToast({ reader, callback_query_id: queryId, text, show_alert: alert }) {
    if (queryId !== null && queryId !== undefined) {
      const id = String(queryId);
      this.answered.add(id);
      if (this.answered.size > 200) this.answered.delete(this.answered.values().next().value);
      for (const pane of this.panes) pane.answered(id);
    }
    const pane = this.panes.find((p) => p.reader?.id === reader);
    if (!pane || !text) return;
    if (alert) showAlert(`To ${pane.reader.first_name}`, text);
    else pane.toast(text);
  },

  onReader({ reader, chat }) {
    const at = this.readers.findIndex((r) => r.id === reader.id);
    if (at < 0) this.readers.push(reader);
    else this.readers[at] = reader;
    if (chat) this.keep({ reader: reader.id, messages: [...(this.chats.get(chat.id)?.messages.values() ?? [])], ...chat });
    this.refresh();
  },

  paneOf(chat) {
    return this.panes.find((pane) => pane.reader?.id === chat.reader);
  },

  // --- panes and tabs

  refresh() {
    const count = Math.min(2, this.readers.length);
    while (this.panes.length > count) this.panes.pop().el.remove();
    while (this.panes.length < count) {
      const pane = new Pane(this, this.panes.length);
      if (!this.panes.length) byId("panes").replaceChildren();
      byId("panes").append(pane.el);
      this.panes.push(pane);
    }
    if (!count) byId("panes").replaceChildren(h("p", { class: "wait" }, "There is no reader yet."));
    const wanted = this.panes.map((pane) => this.readers.find((r) => r.id === pane.reader?.id));
    const spare = this.readers.filter((r) => !wanted.includes(r));
    this.panes.forEach((pane, i) => pane.show(wanted[i] ?? spare.shift()));
    this.drawTabs();
  },

  choose(pane, readerId) {
    const reader = this.readers.find((r) => r.id === readerId);
    const other = this.panes.find((p) => p !== pane && p.reader.id === readerId);
    const had = pane.reader;
    pane.show(reader);
    other?.show(had);
    this.drawTabs();
  },

  mark(pane) {
    if (!narrow || this.panes[this.shown] === pane) return;
    pane.unread = true;
    this.drawTabs();
  },

  drawTabs() {
    const tabs = byId("tabs");
    if (tabs.children.length !== this.panes.length) {
      tabs.replaceChildren(...this.panes.map((pane, i) => h("button", {
        type: "button", role: "tab", id: `tab-${i}`, "aria-controls": pane.el.id,
        onclick: () => this.open(i),
        onkeydown: (event) => {
          const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
          if (!step) return;
          event.preventDefault();
          this.open((i + step + this.panes.length) % this.panes.length);
          tabs.children[this.shown].focus();
        },
      }, h("span", { class: "face-dot tiny", "aria-hidden": "true" }), h("span", { class: "tab-name" }), h("span", { class: "dot", hidden: true }, h("span", { class: "sr" }, "new messages")))));
    }
    this.shown = Math.max(0, Math.min(this.shown, this.panes.length - 1));
    this.panes.forEach((pane, i) => {
      const tab = tabs.children[i];
      const on = i === this.shown;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
      tab.dataset.tint = pane.el.dataset.tint;
      setText(tab.querySelector(".face-dot"), initial(pane.reader.first_name));
      setText(tab.querySelector(".tab-name"), pane.reader.first_name);
      tab.querySelector(".dot").hidden = !pane.unread;
      pane.el.classList.toggle("shown", on);
      if (narrow) pane.el.setAttribute("role", "tabpanel");
      else pane.el.removeAttribute("role");
    });
    document.body.classList.toggle("begun", [...this.chats.values()].some((chat) => chat.messages.size));
  },

  open(i) {
    this.shown = i;
    const pane = this.panes[i];
    pane.unread = false;
    this.drawTabs();
    pane.onInput();
    if (pane.stick) pane.toEnd();
  },
};

new ResizeObserver(() => {
  if (narrow === isNarrow()) return;
  narrow = !narrow;
  for (const pane of app.panes) pane.unread = false;
  if (app.panes.length) app.drawTabs();
}).observe(byId("chats"));

// --- alerts, one after the other

const alerts = [];

function showAlert(who, text) {
  alerts.push([who, text]);
  if (!byId("alert").open) nextAlert();
}

function nextAlert() {
  const next = alerts.shift();
  if (!next) return;
  setText(byId("alert-who"), next[0]);
  setText(byId("alert-text"), next[1]);
  byId("alert").showModal();
}

byId("alert").querySelector("button").addEventListener("click", () => byId("alert").close());
byId("alert").addEventListener("close", nextAlert);

// --- theme

const THEMES = ["auto", "light", "dark"];

function setTheme(theme) {
  const root = document.documentElement;
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
  const name = theme[0].toUpperCase() + theme.slice(1);
  byId("theme").replaceChildren(icon(theme), h("span", {}, name));
  byId("theme").setAttribute("aria-label", `Theme: ${name}`);
}

byId("theme").addEventListener("click", () => {
  const now = document.documentElement.dataset.theme ?? "auto";
  const theme = THEMES[(THEMES.indexOf(now) + 1) % THEMES.length];
  setTheme(theme);
  try {
    localStorage.setItem("theme", theme);
  } catch {
    // Not kept, then: it holds until the page is loaded again.
  }
});
setTheme(document.documentElement.dataset.theme ?? "auto");

// --- the event stream

const faults = new Faults(app);
let lostTimer = 0;

function connected(yes) {
  faults.online = yes;
  clearTimeout(lostTimer);
  lostTimer = 0;
  if (yes) byId("lost").replaceChildren();
  else lostTimer = setTimeout(() => setText(byId("lost"), "Connection lost, trying again…"), 300);
}

function listen() {
  const stream = new EventSource("/sandbox/events");
  const on = (name, act) => stream.addEventListener(name, (event) => act(JSON.parse(event.data)));
  on("state", (state) => {
    connected(true);
    app.onState(state);
    faults.receive(state);
  });
  on("faults", (event) => faults.receive(event));
  on("message", ({ chat, message }) => {
    app.onMessage(chat, message);
    if (app.chats.has(chat)) document.body.classList.add("begun");
  });
  on("deleted", (event) => app.onDeleted(event));
  on("toast", (event) => app.onToast(event));
  on("typing", ({ chat }) => {
    const found = app.chats.get(chat);
    if (found) app.paneOf(found)?.typing(true);
  });
  on("bot", (bot) => {
    app.bot = bot;
    for (const pane of app.panes) pane.sync();
  });
  on("reader", (event) => app.onReader(event));
  stream.onerror = () => {
    if (!lostTimer && !byId("lost").textContent) connected(false);
    // Refused outright (not a dropped line): the browser gives up, so ask again.
    if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
  };
}

listen();
