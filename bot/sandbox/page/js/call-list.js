// The Bot API calls as they pass, newest first.

import { get } from "./api.js";
import { bidi, button, h, setText } from "./dom.js";

const POLL_MS = 500;
const KEPT = 200;
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

// What a call was about, in a few words.
function about(call) {
  const { params, result } = call;
  if (call.method.toLowerCase() === "getupdates" && Array.isArray(result)) {
    return result.map((update) => Object.keys(update).find((name) => name !== "update_id")).join(", ");
  }
  return String(params.text ?? params.action ?? params.message_id ?? params.language_code ?? "").slice(0, 120);
}

const body = (name, value) => [h("h4", name), h("pre", { tabindex: "0", "aria-label": name }, JSON.stringify(value, null, 2))];

function answerOf(call) {
  if (call.dropped) return { lost: "The bot was not told.", status: call.status, result: call.result };
  return call.status === 200 ? call.result : { error_code: call.status, description: call.description };
}

function row(call) {
  const failed = call.status !== 200 || call.dropped;
  const ms = call.milliseconds < 10 ? call.milliseconds.toFixed(1) : Math.round(call.milliseconds);
  const head = h("summary",
    h("span.call-method", call.method),
    h("span", { class: failed ? "call-status bad" : "call-status" }, call.dropped ? "lost" : String(call.status)),
    h("span.call-ms", `${ms} ms`),
    bidi("span.call-about", about(call)),
    h("time", clock.format(new Date(call.at * 1000))));
  const el = h("details.call", { "data-method": call.method }, head);
  // Bodies are long, and most are never looked at.
  el.addEventListener("toggle", () => {
    if (el.open && el.children.length === 1) el.append(h("div.call-body", ...body("Parameters", call.params), ...body("Answer", answerOf(call))));
  });
  return el;
}

export class Calls {
  constructor() {
    this.last = 0;
    this.seen = new Set();
    this.build();
  }

  build() {
    this.method = h("select", { "aria-label": "Method", onchange: () => this.filter() }, h("option", { value: "" }, "all methods"));
    this.pause = button("plain", { "aria-pressed": "false" }, "Pause");
    const clear = button("plain", { onclick: () => this.clear() }, "Clear");
    this.list = h("div.calls", { role: "log", "aria-live": "off", "aria-label": "Calls of the bot, newest first", tabindex: "0" });
    this.none = h("p.aside", "Ask the bot something, and watch what it calls.");
    this.el = h("div.calls-part", h("div.call-tools", this.method, this.pause, clear), this.none, this.list);
    this.pause.addEventListener("click", () => {
      const paused = this.pause.getAttribute("aria-pressed") === "true";
      this.pause.setAttribute("aria-pressed", String(!paused));
      setText(this.pause, paused ? "Pause" : "Go on");
    });
  }

  clear() {
    this.list.replaceChildren();
    this.none.hidden = false;
  }

  // Another server may stand behind the page now, which counts from 1.
  forget() {
    this.last = 0;
    this.clear();
  }

  watch(on) {
    clearTimeout(this.timer);
    this.watched = on;
    if (on) this.poll();
  }

  async poll() {
    if (this.pause.getAttribute("aria-pressed") !== "true" && !document.hidden) {
      const asked = this.last;
      const calls = await get(`calls/answers?after=${asked}`).then((answer) => answer.calls, () => []);
      if (asked === this.last) this.add(calls);
    }
    clearTimeout(this.timer);
    if (this.watched) this.timer = setTimeout(() => this.poll(), POLL_MS);
  }

  add(calls) {
    if (!calls.length) return;
    this.last = calls.at(-1).n;
    this.none.hidden = true;
    for (const { method } of calls) this.offer(method);
    const rows = calls.map(row).reverse();
    for (const each of rows) each.hidden = !this.fits(each);
    // Who reads further down stays there.
    const { scrollTop, scrollHeight } = this.list;
    this.list.prepend(...rows);
    while (this.list.children.length > KEPT) this.list.lastElementChild.remove();
    if (scrollTop > 0) this.list.scrollTop = scrollTop + this.list.scrollHeight - scrollHeight;
  }

  offer(method) {
    if (this.seen.has(method)) return;
    this.seen.add(method);
    this.method.append(h("option", { value: method }, method));
  }

  fits(each) {
    return !this.method.value || each.dataset.method === this.method.value;
  }

  filter() {
    for (const each of this.list.children) each.hidden = !this.fits(each);
  }
}
