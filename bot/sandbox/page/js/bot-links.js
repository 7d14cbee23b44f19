// Links to the bot and to the sandbox's chats are followed here.

import { showDialog } from "./dialogs.js";
import { bidi, button, h } from "./dom.js";
import { chatFace, titleOf } from "./names.js";

// null for every other link.
export function linkKind(raw, store) {
  let url;
  try {
    url = new URL(raw);
  } catch {
    return null;
  }
  if (url.host.toLowerCase() !== "t.me") return null;
  const name = url.pathname.replace(/^\/|\/$/g, "");
  if (name.toLowerCase() !== store.bot.username.toLowerCase()) {
    const chat = store.named(name);
    return chat ? { name: "chat", chat } : null;
  }
  const payload = url.searchParams.get("start");
  if (payload) return { name: "start", payload };
  return url.searchParams.has("startgroup") ? { name: "startgroup" } : { name: "chat", chat: null };
}

// Lets the reader choose one of their chats; null for none.
export function chooseChat(pane, title, fits) {
  const { store, reader } = pane;
  const row = (chat) => h("span.choice-row", chatFace(chat, store.bot, "medium"), bidi("span", titleOf(chat, store.bot)));
  const chats = store.chatsOf(reader.id).filter(fits);
  return showDialog(title, (done) => [h("div.choices", ...chats.map((chat) => button("choice", { onclick: () => done(chat) }, row(chat))))]);
}
