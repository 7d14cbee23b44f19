// The dialog about a chat: who is in it, the bot too.

import { showDialog } from "./dialogs.js";
import { bidi, button, h } from "./dom.js";
import { publishButton } from "./empty-chat.js";
import { botFace, chatFace, descriptionFor, readerFace, titleOf } from "./names.js";

const OUTSIDE = ["left", "kicked"];

function member(el, name, role) {
  return h("li", el, bidi("span", name), role ? h("span.role", role) : null);
}

function members(pane) {
  const { chat, store } = pane;
  const people = chat.readers.map((id, i) => {
    const reader = store.reader(id);
    const role = i === 0 ? "owner" : chat.admins?.includes(id) ? "admin" : "";
    return member(readerFace(reader, "small"), reader.first_name, role);
  });
  if (!OUTSIDE.includes(chat.bot_status)) {
    people.push(member(botFace(store.bot, "small"), store.bot.first_name, chat.type === "channel" ? "admin, bot" : "bot"));
  }
  return h("ul.members", ...people);
}

function groupAction(pane, done) {
  const { chat, reader } = pane;
  const outside = OUTSIDE.includes(chat.bot_status);
  const act = () => {
    done(null);
    pane.request(`groups/${chat.id}/${outside ? "add" : "remove"}`, { reader: reader.id });
  };
  return button(`plain wide${outside ? "" : " bad"}`, { onclick: act }, outside ? "Add the bot" : "Remove the bot");
}

export function aboutChat(pane) {
  const { chat, reader, store } = pane;
  const head = h("div.about-head", chatFace(chat, store.bot, "large"));
  if (chat.type === "private") {
    return showDialog(titleOf(chat, store.bot), [head, h("p", `@${store.bot.username}`), bidi("p.description", descriptionFor(store.bot, reader))]);
  }
  return showDialog(chat.title, (done) => [head, members(pane), chat.type === "channel" ? publishButton(pane, done) : groupAction(pane, done)]);
}
