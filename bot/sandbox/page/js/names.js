// What people, chats and messages are called, and their colours.

import { h, icon } from "./dom.js";

const HUES = 7;

export const isService = (message) => Boolean(serviceKind(message));

function serviceKind(message) {
  return ["new_chat_members", "migrate_to_chat_id", "migrate_from_chat_id", "forum_topic_created", "forum_topic_closed"].find((name) => name in message);
}

export function serviceText(message) {
  const who = message.from?.first_name ?? "Somebody";
  switch (serviceKind(message)) {
    case "new_chat_members": return `${who} added ${message.new_chat_members.map((user) => user.first_name).join(", ")}`;
    case "migrate_to_chat_id":
    case "migrate_from_chat_id": return "This group became a supergroup";
    case "forum_topic_created": return `${who} opened the topic “${message.forum_topic_created.name}”`;
    default: return `${who} closed the topic`;
  }
}

export function titleOf(chat, bot) {
  return chat.type === "private" ? bot.first_name : chat.title;
}

// Who speaks: a person, the bot, or a chat in whose name somebody wrote.
export function senderOf(message) {
  const { sender_chat: chat, from } = message;
  if (chat) return { id: chat.id, name: chat.title };
  return { id: from?.id ?? 0, name: from?.first_name ?? "Somebody", bot: from?.is_bot };
}

export const hue = ({ id, bot }) => (bot ? "bot" : Math.abs(id) % HUES);

function initials(name) {
  const words = (name || "?").trim().split(/\s+/);
  const first = (word) => [...word.replace(/^[^\p{L}\p{N}]+/u, "")][0] ?? "";
  const both = words.length > 1 ? first(words[0]) + first(words.at(-1)) : first(words[0]);
  return (both || "?").toUpperCase();
}

// who: { id, name, bot }, as of senderOf; picture: an icon in the place of initials.
export function face(who, size = "", picture = null) {
  return h("span", { class: `face ${size}`.trim(), "data-hue": hue(who), "aria-hidden": "true" }, picture ? icon(picture) : initials(who.name));
}

export const botFace = (bot, size) => face({ name: bot.first_name, bot: true }, size);
export const readerFace = (reader, size) => face({ id: reader.id, name: reader.first_name }, size);

export function chatFace(chat, bot, size) {
  if (chat.type === "private") return botFace(bot, size);
  return face({ id: chat.id, name: chat.title }, size, chat.type === "channel" ? "channel" : null);
}

// In a language; what is no code for one, as "x!", is its own name.
export function languageName(code, inLanguage = "en") {
  try {
    return new Intl.DisplayNames([inLanguage], { type: "language" }).of(code);
  } catch {
    return code;
  }
}

const flat = (text) => text.replace(/\s+/g, " ").slice(0, 160);

export function summary(message) {
  if (isService(message)) return serviceText(message);
  if (message.text) return flat(message.text);
  if (message.document) return [message.document.file_name, message.caption].filter(Boolean).map(flat).join(", ");
  if (message.photo) return message.caption ? `Photo: ${flat(message.caption)}` : "Photo";
  if (message.sticker) return `Sticker ${message.sticker.emoji ?? ""}`.trim();
  return "Message";
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long" });

export const dateOf = (seconds) => new Date(seconds * 1000);
export const timeName = (date) => clock.format(date);
export const fullName = (date) => full.format(date);

export const dayName = (date) => (date.toDateString() === new Date().toDateString() ? "Today" : day.format(date));

// The commands offered in a chat: those of the narrowest scope that the bot set any for, and there
// those of the reader's language.
export function commandsFor(bot, reader, chat) {
  const admin = chat.admins?.includes(reader.id);
  const scopes = chat.type === "private"
    ? [`chat:${chat.id}`, "all_private_chats"]
    : [`chat_member:${chat.id}:${reader.id}`, admin && `chat_administrators:${chat.id}`, `chat:${chat.id}`, admin && "all_chat_administrators", "all_group_chats"];
  for (const scope of [...scopes, "default"]) {
    const found = bot.scopes[scope]?.[reader.language_code] ?? bot.scopes[scope]?.[""];
    if (found) return found;
  }
  return [];
}

export function descriptionFor(bot, reader) {
  const own = bot.descriptions?.[reader.language_code ?? ""];
  return own || bot.description || bot.short_description || `${bot.first_name} is ready when you are.`;
}
