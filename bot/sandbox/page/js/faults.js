// Limits and faults. The server says what is on, so that two pages agree.

import { ask } from "./api.js";
import { button, h, setText } from "./dom.js";

const POLL_MS = 1000;
const LIMITS = [
  { key: "private_per_second", label: "per private chat and second", value: 1 },
  { key: "group_per_minute", label: "per group and minute", value: 20 },
  { key: "overall_per_second", label: "in all per second", value: 30 },
];
const METHODS = ["sendMessage", "editMessageText", "editMessageReplyMarkup", "answerCallbackQuery", "answerInlineQuery"];
// ofCalls: the chooser of methods is for these.
const KINDS = [
  { kind: "429", name: "Too many requests (429)", about: "Refused: the bot has to wait.", seconds: 3, unit: "seconds to wait", ofCalls: true },
  { kind: "403", name: "Blocked (403)", about: "Refused: the reader blocked the bot.", ofCalls: true },
  { kind: "500", name: "Server error (500)", about: "Refused: something broke at Telegram.", ofCalls: true },
  { kind: "slow", name: "Slow answers", about: "Carried out late, while the bot waits.", seconds: 2, unit: "seconds", ofCalls: true },
  { kind: "dropped", name: "Dropped answers", about: "Carried out, but the bot is not told.", ofCalls: true },
  { kind: "repeated", name: "Updates repeated", about: "The bot gets each update twice." },
  { kind: "reordered", name: "Updates out of order", about: "Those that come together are shuffled." },
];

export class Faults {
  // counted(on): how many of them are on.
  constructor(counted) {
    this.counted = counted;
    this.faults = [];
    this.limits = {};
    // Requests go one after the other; changes: how often the state changed.
    this.queue = Promise.resolve();
    this.waiting = 0;
    this.changes = 0;
    this.build();
  }

  build() {
    this.problem = h("p.problem", { role: "alert" });
    this.limitFields = LIMITS.map(({ label, value }) => numberField(value, label));
    this.limitRow = switchRow("limits", "Telegram’s limits", "Whatever is faster is refused (429).", ...this.limitFields);
    this.follow(this.limitRow, this.limitFields.map(({ input }) => input), () => this.sendLimits());
    this.method = h("select", { id: "method" }, h("option", { value: "" }, "all"), ...METHODS.map((name) => h("option", { value: name }, name)));
    this.method.addEventListener("change", () => { for (const row of this.rows) if (row.ofCalls && row.box.checked) this.sendFault(row); });
    this.rows = KINDS.map((kind) => this.buildRow(kind));
    const group = (name, ...rows) => h("div.group", { role: "group", "aria-label": name }, ...rows.map((row) => row.el));
    this.el = h("div.faults-part",
      h("div.scroll", { tabindex: "0", role: "group", "aria-label": "Limits and faults" },
        h("h3", "Limits"), group("Limits", this.limitRow),
        h("h3", "Faults"), h("div.field", h("label", { for: "method" }, "Which calls"), this.method),
        group("Faults of calls", ...this.rows.filter((row) => row.ofCalls)),
        group("Faults of updates", ...this.rows.filter((row) => !row.ofCalls))),
      h("footer.part-foot", this.problem, button("plain wide", { onclick: () => this.allOff() }, "All off")));
  }

  buildRow(kind) {
    const fields = kind.seconds ? [numberField(kind.seconds, kind.unit, `${kind.name}: ${kind.unit}`)] : [];
    const row = { ...kind, input: fields[0]?.input, ...switchRow(kind.kind, kind.name, kind.about, ...fields) };
    this.follow(row, fields.map(({ input }) => input), () => this.sendFault(row));
    return row;
  }

  // A switch sends; so does a number changed while it is on.
  follow({ box }, inputs, send) {
    box.addEventListener("change", () => {
      if (!box.checked || inputs.every((input) => input.reportValidity())) send();
      else box.checked = false;
    });
    for (const input of inputs) input.addEventListener("change", () => { if (box.checked && input.reportValidity()) send(); });
  }

  // --- what the server says

  receive({ faults, limits }) {
    this.changes += 1;
    this.faults = faults;
    this.limits = limits;
    this.draw();
  }

  watch(on) {
    clearTimeout(this.timer);
    this.watched = on;
    if (on) this.poll();
  }

  // How often each struck is not told by itself.
  async poll() {
    const { changes } = this;
    const { faults } = await ask("GET", "faults").catch(() => this);
    // Unless something was switched meanwhile.
    if (changes === this.changes && !this.waiting) {
      this.faults = faults;
      this.draw();
    }
    clearTimeout(this.timer);
    if (this.watched) this.timer = setTimeout(() => this.poll(), POLL_MS);
  }

  of(row) {
    return this.faults.filter((fault) => fault.kind === row.kind);
  }

  draw() {
    const limits = LIMITS.map(({ key }) => this.limits[key]);
    const limited = limits.some((limit) => limit !== null);
    this.counted(this.rows.filter((row) => this.of(row).length).length + (limited ? 1 : 0));
    // While sending, the switches show what will be.
    if (this.waiting) return;
    this.limitRow.box.checked = limited;
    if (limited) this.limitFields.forEach(({ input }, i) => put(input, limits[i] ?? ""));
    for (const row of this.rows) {
      const own = this.of(row);
      const struck = own.reduce((sum, fault) => sum + fault.struck, 0);
      row.box.checked = own.length > 0;
      if (own.length && row.input) put(row.input, own[0].seconds);
      if (own.length && row.ofCalls) this.choose(own[0].method ?? "");
      setText(row.struck, own.length ? struck ? `struck ${struck === 1 ? "once" : `${struck} times`}` : "has not struck yet" : "");
    }
  }

  choose(method) {
    const known = [...this.method.options].some((option) => option.value === method);
    if (!known) this.method.append(h("option", { value: method }, method));
    this.method.value = method;
  }

  // --- what is sent

  send(act) {
    this.waiting += 1;
    this.changes += 1;
    setText(this.problem, "");
    this.queue = this.queue.then(act).catch((error) => setText(this.problem, error.message)).then(() => {
      this.waiting -= 1;
      this.changes += 1;
      this.draw();
    });
  }

  // A fault cannot be changed, only replaced.
  sendFault(row) {
    const { kind, box, input } = row;
    const on = box.checked;
    const fault = { kind, method: row.ofCalls ? this.method.value || null : null, seconds: input ? Number(input.value) : null };
    this.send(async () => {
      for (const { id } of this.of(row)) await ask("DELETE", `faults/${id}`);
      if (on) await ask("POST", "faults", fault);
      this.faults = (await ask("GET", "faults")).faults;
    });
  }

  sendLimits() {
    const on = this.limitRow.box.checked;
    const limits = Object.fromEntries(LIMITS.map(({ key }, i) => [key, on ? Number(this.limitFields[i].input.value) : null]));
    this.send(async () => { this.limits = await ask("POST", "limits", limits); });
  }

  allOff() {
    this.limitRow.box.checked = false;
    this.send(async () => { this.faults = (await ask("DELETE", "faults")).faults; });
    this.sendLimits();
  }
}

// Not into a field that is being written in.
function put(input, value) {
  if (input !== document.activeElement) input.value = value;
}

function switchRow(id, name, about, ...fields) {
  const box = h("input", { type: "checkbox", role: "switch", class: "switch", id: `switch-${id}`, "aria-describedby": `about-${id} struck-${id}` });
  const struck = h("p.struck", { id: `struck-${id}` });
  const el = h("div.fault",
    h("label.fault-name", { for: box.id }, name), box,
    h("p.fault-about", { id: `about-${id}` }, about),
    h("div.fields", ...fields.map((field) => field.el)), struck);
  return { el, box, struck };
}

function numberField(value, label, name = label) {
  const input = h("input", { type: "number", min: 0.001, max: 3600, step: "any", inputmode: "decimal", value, required: true, "aria-label": name });
  return { el: h("label.field", h("span", label), input), input };
}
