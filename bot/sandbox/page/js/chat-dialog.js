// The dialog about a chat: who is in it, the bot too.

import { showDialog } from "./dialogs.js";
import { button, h } from "./dom.js";
import { commandBox, publishCommand } from "./empty-chat.js";
import { botFace, chatFace, descriptionFor, readerFace, titleOf } from "./names.js";

const OUTSIDE = ["left", "kicked"];

function member(el, name, role) {
  return h("li", el, h("span", { dir: "auto" }, name), role ? h("span.role", role) : null);
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

function groupActions(pane, done) {
  const { chat, reader } = pane;
  const outside = OUTSIDE.includes(chat.bot_status);
  const act = () => {
    done(null);
    pane.request(`groups/${chat.id}/${outside ? "add" : "remove"}`, { reader: reader.id });
  };
  return [button(`plain wide${outside ? "" : " bad"}`, { onclick: act }, outside ? "Add the bot" : "Remove the bot")];
}

async function channelActions() {
  const line = await publishCommand();
  return line ? commandBox("An operator posts an article, or brings its post up to date,", line) : [];
}

export async function aboutChat(pane) {
  const { chat, reader, store } = pane;
  const head = h("div.about-head", chatFace(chat, store.bot, "large"));
  if (chat.type === "private") {
    return showDialog(titleOf(chat, store.bot), [head, h("p", `@${store.bot.username}`), h("p.description", { dir: "auto" }, descriptionFor(store.bot, reader))]);
  }
  const more = chat.type === "channel" ? await channelActions() : null;
  return showDialog(chat.title, (done) => [head, members(pane), ...(more ?? groupActions(pane, done))]);
}
