// All that the server told; who wants to know of changes subscribes.

import { isService } from "./names.js";

const KEPT = "read-marks";

function keptMarks() {
  try {
    return new Map(JSON.parse(sessionStorage.getItem(KEPT) ?? "[]"));
  } catch {
    return new Map();
  }
}

export class Store {
  constructor() {
    this.bot = null;
    this.readers = [];
    this.chats = new Map();
    this.running = true;
    // By "reader:chat": the last message that the reader has seen; and the last one in each chat
    // that the bot has shown a sign of.
    this.marks = keptMarks();
    this.noticed = new Map();
    this.listeners = new Map();
  }

  on(name, act) {
    this.listeners.set(name, [...(this.listeners.get(name) ?? []), act]);
  }

  emit(name, data) {
    for (const act of this.listeners.get(name) ?? []) act(data);
  }

  // --- what the server says

  receive(name, data) {
    const act = {
      state: () => this.reset(data),
      message: () => this.put(data.chat, data.message),
      deleted: () => this.drop(data.chat, data.message_id),
      chat: () => this.change(data.chat),
      reader: () => this.rename(data),
      typing: () => this.notice(data.chat),
      bot: () => { this.bot = data; },
      bot_stopped: () => { this.running = false; },
      bot_started: () => { this.running = true; },
    }[name];
    act?.();
    this.emit(name, data);
  }

  reset({ bot, readers, chats }) {
    this.bot = bot;
    this.readers = readers;
    this.running = true;
    this.chats = new Map(chats.map((chat) => [chat.id, this.keep(chat)]));
    for (const chat of this.chats.values()) {
      const said = chat.ids.filter((id) => this.isBots(chat.messages.get(id)));
      if (said.length) this.noticed.set(chat.id, said.at(-1));
    }
  }

  keep(chat) {
    const messages = new Map((chat.messages ?? []).map((m) => [m.message_id, m]));
    return { ...chat, messages, ids: [...messages.keys()].sort((a, b) => a - b) };
  }

  // Views hold on to the object of a chat that is told anew.
  change(chat) {
    const old = this.chats.get(chat.id);
    const { messages, ids } = old ?? this.keep(chat);
    const now = old ?? {};
    for (const name of Object.keys(now)) delete now[name];
    this.chats.set(chat.id, Object.assign(now, chat, { messages, ids }));
  }

  rename({ reader, chat }) {
    const at = this.readers.findIndex((r) => r.id === reader.id);
    if (at < 0) this.readers.push(reader);
    else this.readers[at] = reader;
    this.change(chat);
  }

  put(chatId, message) {
    const chat = this.chats.get(chatId);
    if (!chat) return;
    const id = message.message_id;
    if (!chat.messages.has(id)) {
      if (!(id < chat.ids.at(-1))) chat.ids.push(id);
      else chat.ids.splice(chat.ids.findIndex((other) => other > id), 0, id);
      if (this.isBots(message)) this.notice(chatId, id);
    }
    chat.messages.set(id, message);
  }

  // A message that the page's own request brought before the stream did.
  sent(chatId, message) {
    if (this.chats.get(chatId)?.messages.has(message.message_id)) return;
    this.receive("message", { chat: chatId, message });
  }

  drop(chatId, id) {
    const chat = this.chats.get(chatId);
    if (!chat?.messages.delete(id)) return;
    chat.ids.splice(chat.ids.indexOf(id), 1);
  }

  // --- who is who, and who saw what

  isBots(message) {
    return message.from?.id === this.bot.id && !isService(message);
  }

  reader(id) {
    return this.readers.find((reader) => reader.id === id);
  }

  chatsOf(readerId) {
    return [...this.chats.values()].filter((chat) => !chat.migrated_to && (chat.type === "private" ? chat.reader === readerId : chat.readers.includes(readerId)));
  }

  channelOf(chat) {
    return [...this.chats.values()].find((other) => other.discussion === chat.id);
  }

  named(username) {
    return [...this.chats.values()].find((chat) => chat.username?.toLowerCase() === username.toLowerCase());
  }

  notice(chatId, id = this.chats.get(chatId)?.ids.at(-1) ?? 0) {
    this.noticed.set(chatId, Math.max(id, this.noticed.get(chatId) ?? 0));
  }

  mark(readerId, chat) {
    const key = `${readerId}:${chat.id}`;
    const last = chat.ids.at(-1) ?? 0;
    if ((this.marks.get(key) ?? 0) >= last) return;
    this.marks.set(key, last);
    try {
      sessionStorage.setItem(KEPT, JSON.stringify([...this.marks]));
    } catch {
      // Storage may be refused; then all is unread after a reload.
    }
    this.emit("marked", { reader: readerId, chat: chat.id });
  }

  unread(readerId, chat) {
    const mark = this.marks.get(`${readerId}:${chat.id}`) ?? 0;
    let count = 0;
    for (let i = chat.ids.length - 1; i >= 0 && chat.ids[i] > mark; i -= 1) {
      const message = chat.messages.get(chat.ids[i]);
      if (message.from?.id !== readerId && !isService(message)) count += 1;
    }
    return count;
  }

  // Whether anybody else has seen a reader's message.
  seen(readerId, chat, id) {
    if ((this.noticed.get(chat.id) ?? 0) >= id) return true;
    return (chat.readers ?? []).some((other) => other !== readerId && (this.marks.get(`${other}:${chat.id}`) ?? 0) >= id);
  }
}
