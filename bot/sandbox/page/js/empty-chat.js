// What an empty chat says.

import { get } from "./api.js";
import { button, h, icon, setText } from "./dom.js";
import { chatFace, descriptionFor } from "./names.js";

let command = null;

// The command line that posts in the channel; null where it has none.
export function publishCommand() {
  command ??= get("publish").then((answer) => answer.command, () => null);
  return command;
}

// What the command does, and the command.
export function commandBox(what, text) {
  const copy = button("plain copy", {}, icon("copy"), h("span", "Copy"));
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    setText(copy.lastElementChild, "Copied");
  });
  const where = h("p", `${what} with this command, in the folder where the sandbox was started:`);
  return [where, h("div.command-box", h("code", { dir: "ltr", tabindex: "0" }, text), copy)];
}

function card(pane, title, ...rest) {
  return h("div.card", chatFace(pane.chat, pane.store.bot, "large"), h("h4", { dir: "auto" }, title), ...rest);
}

async function channelCard(pane) {
  const line = await publishCommand();
  const how = line
    ? commandBox("Nothing is posted yet. An operator posts an article", line)
    : [h("p", "Nothing is posted yet. An operator posts an article with “article-bot publish”.")];
  return card(pane, pane.chat.title, ...how);
}

export async function emptyCard(pane) {
  const { chat, reader, store } = pane;
  if (chat.type === "private") return card(pane, "What can this bot do?", h("p.description", { dir: "auto" }, descriptionFor(store.bot, reader)));
  if (chat.type === "channel") return channelCard(pane);
  const channel = store.channelOf(chat);
  if (channel) return card(pane, chat.title, h("p", `Posts of ${channel.title} come here, and readers discuss them.`));
  return card(pane, chat.title, h("p", `Mention @${store.bot.username} and ask, or write to each other: the bot stays silent then.`));
}
