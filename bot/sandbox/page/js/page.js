// Two readers' apps side by side, and the operator's drawer.

import { listen } from "./api.js";
import { arrow, bidi, button, byId, h, setText } from "./dom.js";
import { Drawer } from "./drawer.js";
import { readerFace } from "./names.js";
import { Pane } from "./reader-app.js";
import { Store } from "./store.js";
import { followTheme } from "./theme-switch.js";

const query = new URLSearchParams(location.search);
// As in app.css: below this there is one reader at a time.
const narrow = matchMedia("(max-width: 899px)");
const store = new Store();
const panes = [];
let shown = 0;

// ?readers=1003,1004 shows others than the first two.
function wantedReaders() {
  const asked = (query.get("readers") ?? "").split(",").map((id) => store.reader(Number(id)));
  const now = panes.map((pane) => store.reader(pane.reader?.id));
  const wanted = [...new Set([...now, ...asked, ...store.readers].filter(Boolean))];
  return wanted.slice(0, 2);
}

const app = {
  store,
  panes,

  // Another reader in a pane; two who are there change places.
  swap(pane, readerId) {
    const other = panes.find((each) => each !== pane && each.reader.id === readerId);
    const had = pane.reader;
    pane.show(store.reader(readerId));
    other?.show(had);
    drawTabs();
  },

  // A pane comes to the front where there is room for one only.
  front(pane) {
    shown = panes.indexOf(pane);
    drawTabs();
    pane.conversation.composer.typed();
    pane.conversation.log.toEnd();
  },
};

function showPanes() {
  const readers = wantedReaders();
  if (!panes.length) byId("panes").replaceChildren();
  while (panes.length < readers.length) {
    panes.push(new Pane(app));
    byId("panes").append(panes.at(-1).el);
  }
  panes.forEach((pane, i) => pane.show(readers[i]));
  drawTabs();
}

// --- tabs between the readers, where one is shown at a time

function onTabKey(event) {
  if (arrow(event, [...byId("tabs").children], "ArrowLeft", "ArrowRight")) document.activeElement.click();
}

function tab(pane, i) {
  const { reader, unread } = pane;
  const on = i === shown;
  const badge = unread ? h("span.badge", String(unread), h("span.sr", " unread")) : null;
  const el = button(null, { role: "tab", "aria-selected": String(on), "aria-controls": pane.el.id, tabindex: on ? "0" : "-1", onclick: () => app.front(pane), onkeydown: onTabKey },
    readerFace(reader, "tiny"), bidi("span", reader.first_name), badge);
  el.dataset.hue = pane.el.dataset.hue;
  return el;
}

function drawTabs() {
  const tabs = byId("tabs");
  const focused = [...tabs.children].indexOf(document.activeElement);
  tabs.hidden = !narrow.matches || panes.length < 2;
  tabs.replaceChildren(...panes.map(tab));
  if (focused >= 0) tabs.children[focused]?.focus();
  panes.forEach((pane, i) => {
    pane.el.classList.toggle("shown", i === shown);
    if (narrow.matches) pane.el.setAttribute("role", "tabpanel");
    else pane.el.removeAttribute("role");
  });
}

narrow.addEventListener("change", drawTabs);
document.addEventListener("visibilitychange", () => { for (const pane of panes) pane.conversation.reached(); });

// --- what the server says

let online = true;

function drawLine() {
  const words = online ? (store.running ? "" : "The bot is restarting…") : "Connection lost, reconnecting…";
  setText(byId("line"), words);
}

// To the panes whose reader is in the chat.
const inChat = (act) => (data) => {
  const chat = store.chats.get(data.chat);
  for (const pane of panes) if (pane.has(chat)) act(pane, chat, data);
};
const each = (act) => (data) => { for (const pane of panes) act(pane, data); };
store.on("state", showPanes);
store.on("reader", showPanes);
store.on("message", inChat((pane, chat, { message }) => pane.receive(chat, message)));
store.on("deleted", inChat((pane, chat, { message_id: id }) => pane.deleted(chat, id)));
store.on("marked", inChat((pane, chat) => pane.marked(chat)));
store.on("toast", each((pane, data) => pane.answered(data)));
store.on("bot", each((pane) => pane.refresh()));
store.on("chat", each((pane, { chat }) => {
  const kept = store.chats.get(chat.id);
  // A group that became another one is followed there.
  if (pane.chat === kept && kept.migrated_to) pane.open(store.chats.get(kept.migrated_to), { focus: false });
  pane.list.show(pane.reader, pane.chat);
  if (pane.chat === kept) pane.conversation.draw();
}));
store.on("typing", inChat((pane, chat) => {
  pane.conversation.typing(chat, true);
  pane.conversation.drawTicks();
}));
// A new server, or a new connection to it, begins with a state.
for (const name of ["state", "bot_stopped", "bot_started"]) {
  store.on(name, () => {
    drawLine();
    for (const pane of panes) pane.conversation.drawStatus();
  });
}
for (const name of ["message", "marked"]) store.on(name, () => { if (narrow.matches) drawTabs(); });

followTheme();
app.drawer = new Drawer(store);
listen((name, data) => store.receive(name, data), (yes) => {
  online = yes;
  drawLine();
});

if (query.has("demo")) {
  store.on("state", function once() {
    if (!app.demo) app.demo = import("./demo.js").then(({ playDemo }) => playDemo(app));
  });
}
