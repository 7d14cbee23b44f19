// Inline mode: what is typed behind "@bot " is a query.

import { post } from "./api.js";
import { bidi, button, h } from "./dom.js";

const DEBOUNCE_MS = 250;
const NEAR_END = 120;

// The query that stands behind the bot's name; null where none does.
export function queryIn(text, bot) {
  if (!bot.supports_inline_queries) return null;
  const match = /^@(\w+)(\s[\s\S]*)$/.exec(text);
  return match && match[1].toLowerCase() === bot.username.toLowerCase() ? match[2].slice(1).trimStart() : null;
}

function option(result) {
  const letter = [...result.title][0];
  return h("div.result",
    h("span.thumb", { "aria-hidden": "true" }, letter),
    h("span.result-text",
      bidi("b", result.title),
      result.description ? bidi("span", result.description) : null));
}

export class Inline {
  // pane: the Pane that it stands in. sent(): a result was chosen and sent.
  constructor(pane, listbox, sent) {
    Object.assign(this, { pane, listbox, sent });
    this.query = null;
    this.asked = 0;
    this.listbox.list.addEventListener("scroll", () => {
      const { scrollTop, scrollHeight, clientHeight } = this.listbox.list;
      if (scrollHeight - scrollTop - clientHeight < NEAR_END) this.more();
    }, { passive: true });
  }

  // query: what is typed behind the bot's name, null when nothing is.
  typed(query) {
    if (query === this.query) return;
    this.query = query;
    this.asked += 1;
    this.offset = "";
    clearTimeout(this.timer);
    if (query === null) return;
    this.timer = setTimeout(() => this.ask(this.asked), DEBOUNCE_MS);
  }

  async ask(asked) {
    const answer = await this.request("", asked);
    if (!answer) return;
    const head = answer.button ? button("to-private", { onclick: () => this.press(answer.button) }, answer.button.text) : null;
    const none = answer.results?.length || head ? null : h("p.nothing", answer.results ? "Nothing found" : "The bot does not answer just now.");
    this.listbox.show(this.items(answer), { pick: (item) => this.choose(item), head: head ?? none, label: "What the bot offers" });
    this.offset = answer.next_offset;
  }

  async more() {
    const { offset, asked } = this;
    if (!offset || !this.listbox.open) return;
    this.offset = "";
    const answer = await this.request(offset, asked);
    if (!answer || !this.listbox.open) return;
    this.listbox.append(this.items(answer));
    this.offset = answer.next_offset;
  }

  // What was asked meanwhile makes an answer worthless.
  async request(offset, asked) {
    const { reader, chat } = this.pane;
    try {
      const answer = await post("inline_queries", { reader: reader.id, chat: chat.id, query: this.query, offset });
      return asked === this.asked ? answer : null;
    } catch (error) {
      if (asked === this.asked) this.pane.toast(error.message, true);
      return null;
    }
  }

  items(answer) {
    return (answer.results ?? []).map((result) => ({ el: option(result), query: answer.inline_query_id, result: result.id }));
  }

  async choose({ query, result }) {
    const { reader, chat, store } = this.pane;
    this.stop();
    const answer = await this.pane.request("inline_queries/choose", { reader: reader.id, chat: chat.id, inline_query_id: query, result_id: result });
    if (!answer) return;
    store.sent(chat.id, answer.message);
    this.sent();
  }

  press(given) {
    this.stop();
    this.pane.startWith(given.start_parameter);
  }

  stop() {
    this.typed(null);
    this.listbox.close();
  }
}
