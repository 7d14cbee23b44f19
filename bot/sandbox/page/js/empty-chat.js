// What an empty chat says.

import { bidi, button, h } from "./dom.js";
import { chatFace, descriptionFor } from "./names.js";

// Where an admin of the bot publishes articles: in the chat with it.
export function publishButton(pane, done = () => {}) {
  const ask = () => {
    done(null);
    pane.open(pane.privateChat);
    pane.conversation.composer.say("/articles");
  };
  return pane.isAdmin ? button("plain wide", { onclick: ask }, "Publish an article") : null;
}

function card(pane, title, ...rest) {
  return h("div.card", chatFace(pane.chat, pane.store.bot, "large"), bidi("h4", title), ...rest);
}

export function emptyCard(pane) {
  const { chat, reader, store } = pane;
  if (chat.type === "private") return card(pane, "What can this bot do?", bidi("p.description", descriptionFor(store.bot, reader)), pane.isAdmin ? h("p", `${reader.first_name} is an admin: send a link or a file here, and the bot makes an article of it.`) : null);
  if (chat.type === "channel") return card(pane, chat.title, h("p", "Nothing is posted yet. An admin of the bot publishes articles here."), publishButton(pane));
  const channel = store.channelOf(chat);
  if (channel) return card(pane, chat.title, h("p", `Posts of ${channel.title} come here, and readers discuss them.`));
  return card(pane, chat.title, h("p", `Mention @${store.bot.username} and ask, or write to each other: the bot stays silent then.`));
}
