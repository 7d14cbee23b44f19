// Taps on inline buttons: each waits until the bot answered it.

import { post } from "./api.js";

const PENDING_MS = 10_000;
const KEPT = 200;

export class Taps {
  constructor(pane) {
    this.pane = pane;
    this.pending = new Map();
    // An answer may come before its request has returned.
    this.answered = new Set();
  }

  async tap(message, data, key) {
    if (this.pending.has(key)) return;
    const { reader } = this.pane;
    const wait = { id: null, timer: setTimeout(() => this.end(key), PENDING_MS) };
    this.pending.set(key, wait);
    key.classList.add("pending");
    key.setAttribute("aria-busy", "true");
    try {
      const answer = await post("taps", { reader: reader.id, chat: message.chat.id, message_id: message.message_id, data });
      wait.id = String(answer.callback_query_id);
      if (this.answered.has(wait.id)) this.end(key);
    } catch (error) {
      this.end(key);
      if (this.pane.reader === reader) this.pane.toast(error.message, true);
    }
  }

  end(key) {
    const wait = this.pending.get(key);
    if (!wait) return;
    clearTimeout(wait.timer);
    this.pending.delete(key);
    key.classList.remove("pending");
    key.removeAttribute("aria-busy");
  }

  answer(queryId) {
    const id = String(queryId);
    this.answered.add(id);
    if (this.answered.size > KEPT) this.answered.delete(this.answered.values().next().value);
    for (const [key, wait] of this.pending) if (wait.id === id) this.end(key);
  }
}
