// The drawer of limits and faults. What is on is the server's to say, so that two pages agree:
// a switch sends a request, and shows what came of it.

import { h, icon, setText } from "./dom.js";

const byId = (id) => document.getElementById(id);
const phone = matchMedia("(max-width: 699px)");
const POLL_MS = 1000;

const LIMITS = [
  { key: "private_per_second", label: "per private chat and second", value: 1 },
  { key: "group_per_minute", label: "per group and minute", value: 20 },
  { key: "overall_per_second", label: "in all per second", value: 30 },
];
const METHODS = ["sendMessage", "editMessageReplyMarkup", "answerCallbackQuery"];
// ofCalls: the chooser of methods is for these.
const KINDS = [
  { kind: "429", name: "Too many requests (429)", about: "Refused: the bot has to wait.", seconds: 3, whole: true, unit: "seconds to wait", ofCalls: true },
  { kind: "403", name: "Blocked (403)", about: "Refused: the reader blocked the bot.", ofCalls: true },
  { kind: "500", name: "Server error (500)", about: "Refused: something broke at Telegram.", ofCalls: true },
  { kind: "slow", name: "Slow answers", about: "Carried out late, while the bot waits.", seconds: 2, unit: "seconds", ofCalls: true },
  { kind: "dropped", name: "Dropped answers", about: "Carried out, but the bot is not told.", ofCalls: true },
  { kind: "repeated", name: "Updates repeated", about: "The bot gets each update twice." },
  { kind: "reordered", name: "Updates out of order", about: "Those that come together are shuffled." },
];

const times = (n) => (n === 1 ? "once" : `${n} times`);

export class Faults {
  constructor(app) {
    this.app = app;
    this.faults = [];
    this.limits = {};
    this.online = false;
    // What the drawer still has to send, one after the other; changes: how often the state changed.
    this.queue = Promise.resolve();
    this.waiting = 0;
    this.changes = 0;
    this.build();
  }

  build() {
    this.button = byId("faults");
    this.drawer = byId("drawer");
    this.count = h("span", { class: "count", hidden: true });
    this.button.append(this.count);

    const close = h("button", { type: "button", class: "close", "aria-label": "Close", onclick: () => this.close() }, icon("close"));
    const off = h("button", { type: "button", class: "all-off", onclick: () => this.allOff() }, "All off");
    this.problem = h("p", { class: "problem", role: "alert" });

    const limits = h("div", { class: "fields" });
    this.limitRow = this.row("limits", "Telegram’s limits", "Whatever is faster is refused (429).", limits);
    this.limitFields = LIMITS.map(({ key, label, value }) => {
      // Empty: without this limit.
      const input = this.field(value, label, { min: 0.001, max: 1_000_000, required: false });
      limits.append(h("label", { class: "field" }, h("span", {}, label), input));
      return { key, input };
    });
    this.limitRow.box.addEventListener("change", () => this.switchLimits());
    for (const { input } of this.limitFields) {
      input.addEventListener("change", () => { if (this.check(input) && this.limitRow.box.checked) this.switchLimits(); });
    }

    this.method = h("select", { id: "method" }, h("option", { value: "" }, "all"), ...METHODS.map((name) => h("option", { value: name }, name)));
    this.method.addEventListener("change", () => {
      const method = this.method.value || null;
      for (const row of this.rows) if (row.ofCalls && row.box.checked) this.change(row, { method });
    });
    this.rows = KINDS.map((kind) => {
      const fields = kind.seconds ? h("div", { class: "fields" }) : null;
      const row = { ...kind, ...this.row(kind.kind, kind.name, kind.about, fields) };
      row.box.addEventListener("change", () => this.switch(row));
      if (fields) {
        row.input = this.field(kind.seconds, `${kind.name}: ${kind.unit}`, { whole: kind.whole });
        fields.append(h("label", { class: "field" }, h("span", {}, kind.unit), row.input));
        row.input.addEventListener("change", () => {
          if (this.check(row.input) && row.box.checked) this.change(row, { seconds: Number(row.input.value) });
        });
      }
      return row;
    });

    const group = (name, ...rows) => h("div", { class: "group", role: "group", "aria-label": name }, ...rows.map((row) => row.el));
    this.drawer.append(
      h("header", { class: "drawer-head" }, h("h2", { id: "drawer-name" }, "Limits and faults"), close),
      h("div", { class: "drawer-body" },
        h("h3", {}, "Limits"),
        group("Limits", this.limitRow),
        h("h3", {}, "Faults"),
        h("div", { class: "field" }, h("label", { for: "method" }, "Calls"), this.method),
        group("Faults of calls", ...this.rows.filter((row) => row.ofCalls)),
        group("Faults of updates", ...this.rows.filter((row) => !row.ofCalls))),
      h("footer", { class: "drawer-foot" }, this.problem, off));

    this.button.addEventListener("click", () => {
      if (this.drawer.open) this.close();
      else this.open();
    });
    // Beside the drawer, on a phone.
    this.drawer.addEventListener("click", (event) => { if (event.target === this.drawer) this.close(); });
    this.drawer.addEventListener("close", () => this.onClosed());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented && !event.isComposing && !byId("alert").open) this.close();
    });
    phone.addEventListener("change", () => this.reopen());
  }

  row(id, name, about, fields) {
    const box = h("input", { type: "checkbox", role: "switch", class: "switch", id: `switch-${id}`, "aria-describedby": `about-${id} struck-${id}` });
    const struck = h("p", { class: "struck", id: `struck-${id}` });
    const el = h("div", { class: "fault" },
      h("label", { class: "fault-name", for: box.id }, name), box,
      h("p", { class: "fault-about", id: `about-${id}` }, about),
      fields, struck);
    return { el, box, struck };
  }

  field(value, label, { min = 0.1, max = 3600, required = true, whole = false }) {
    const kind = whole ? { min: 1, step: 1, inputmode: "numeric" } : { min, step: "any", inputmode: "decimal" };
    return h("input", { type: "number", ...kind, max, value, required, "aria-label": label });
  }

  // --- open and closed

  open() {
    if (phone.matches) this.drawer.showModal();
    else this.drawer.show();
    this.button.setAttribute("aria-expanded", "true");
    this.draw();
    this.poll();
  }

  close() {
    if (!this.drawer.open) return;
    const inside = this.drawer.contains(document.activeElement);
    this.drawer.close();
    if (inside) this.button.focus();
  }

  onClosed() {
    // Opened again at once, see reopen.
    if (this.drawer.open) return;
    this.button.setAttribute("aria-expanded", "false");
    clearTimeout(this.timer);
    setText(this.problem, "");
    // A number that was never sent does not wait there for the next time.
    for (const { input } of [...this.limitFields, ...this.rows.filter((row) => row.input)]) {
      if (!input.checkValidity()) input.value = input.defaultValue;
      input.removeAttribute("aria-invalid");
    }
  }

  // Only on a phone does it lie over the chats and keep the focus.
  reopen() {
    if (!this.drawer.open) return;
    const focused = document.activeElement;
    this.drawer.close();
    if (phone.matches) this.drawer.showModal();
    else this.drawer.show();
    focused.focus();
  }

  // --- what the server says

  receive({ faults, limits }) {
    // A server that knows nothing of them does not offer them.
    this.button.hidden = !faults && !limits;
    if (this.button.hidden) this.close();
    this.changes += 1;
    this.faults = faults ?? [];
    this.limits = limits ?? {};
    this.draw();
  }

  async poll() {
    clearTimeout(this.timer);
    const { changes } = this;
    try {
      if (this.online && !document.hidden) {
        const { faults } = await this.app.ask("GET", "/sandbox/faults");
        // Unless something was switched meanwhile: then this is how it was before.
        if (changes === this.changes && !this.waiting) {
          this.faults = faults;
          this.draw();
        }
      }
    } catch {
      // The page says by itself that the connection is lost.
    }
    clearTimeout(this.timer);
    if (this.drawer.open) this.timer = setTimeout(() => this.poll(), POLL_MS);
  }

  of(row) {
    return this.faults.filter((fault) => fault.kind === row.kind);
  }

  draw() {
    const limited = LIMITS.some(({ key }) => typeof this.limits[key] === "number");
    const on = this.rows.filter((row) => this.of(row).length).length + (limited ? 1 : 0);
    this.count.hidden = !on;
    this.count.replaceChildren(String(on), h("span", { class: "sr" }, " on"));
    // While something is being sent, the switches show what it will be.
    if (this.waiting) return;
    this.limitRow.box.checked = limited;
    if (limited) for (const { key, input } of this.limitFields) this.put(input, this.limits[key] ?? "");
    const methods = new Set(this.faults.filter((fault) => this.rows.some((row) => row.ofCalls && row.kind === fault.kind)).map((fault) => fault.method ?? ""));
    if (methods.size === 1) this.choose([...methods][0]);
    for (const row of this.rows) {
      const own = this.of(row);
      row.box.checked = own.length > 0;
      if (own.length && row.input) this.put(row.input, own[0].seconds ?? "");
      setText(row.struck, own.length ? this.words(own) : "");
    }
  }

  // How often it struck, and what the page cannot set: who asks the server directly can.
  words(own) {
    const struck = own.reduce((sum, fault) => sum + (fault.struck ?? 0), 0);
    const more = own.flatMap(({ method, chat, times: most, share }) => [
      (method ?? "") !== this.method.value && (method || own.length > 1) ? `calls: ${method ?? "all"}` : null,
      typeof chat === "number" ? `in chat ${chat}` : null,
      typeof most === "number" ? `at most ${times(most)}` : null,
      typeof share === "number" && share < 1 ? `${Math.round(share * 100)} % of them` : null,
    ]);
    return [struck ? `struck ${times(struck)}` : "has not struck yet", ...more.filter(Boolean)].join(", ");
  }

  choose(method) {
    const known = [...this.method.options].some((option) => option.value === method);
    if (!known) this.method.append(h("option", { value: method }, method));
    this.method.value = method;
  }

  // Not into a field that is being written in, nor over a number that is to be mended.
  put(input, value) {
    if (input === document.activeElement || input.hasAttribute("aria-invalid")) return;
    if (input.value !== String(value)) input.value = value;
  }

  check(input) {
    const good = input.checkValidity();
    if (good) input.removeAttribute("aria-invalid");
    else input.setAttribute("aria-invalid", "true");
    setText(this.problem, good ? "" : `${input.step === "1" ? "A whole number" : "A number"} from ${input.min} to ${input.max}, please.`);
    return good;
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

  async add(fault) {
    const answer = await this.app.ask("POST", "/sandbox/faults", fault);
    const made = { ...fault, struck: 0, ...answer };
    if (!this.faults.some((one) => one.id === made.id)) this.faults = [...this.faults, made];
  }

  async remove({ id }) {
    try {
      await this.app.ask("DELETE", `/sandbox/faults/${id}`);
    } catch (error) {
      // Another page was faster.
      if (error.status !== 404) throw error;
    }
    this.faults = this.faults.filter((fault) => fault.id !== id);
  }

  switch(row) {
    const on = row.box.checked;
    if (on && row.input && !this.check(row.input)) {
      row.box.checked = false;
      row.input.focus();
      return;
    }
    const { kind } = row;
    const method = row.ofCalls ? this.method.value || null : null;
    const seconds = row.input ? Number(row.input.value) : null;
    this.send(async () => {
      const own = this.of(row);
      if (!on) for (const fault of own) await this.remove(fault);
      else if (!own.length) await this.add({ kind, method, chat: null, times: null, share: null, seconds });
    });
  }

  // A fault cannot be changed: one takes the other's place, and counts from nought.
  change(row, changed) {
    this.send(async () => {
      for (const fault of this.of(row)) {
        if (Object.entries(changed).every(([name, value]) => fault[name] === value)) continue;
        const { kind, method, chat, times: most, share, seconds } = fault;
        await this.remove(fault);
        await this.add({ kind, method, chat, times: most, share, seconds, ...changed });
      }
    });
  }

  setLimits(limits) {
    this.send(async () => {
      await this.app.ask("POST", "/sandbox/limits", limits);
      this.limits = limits;
    });
  }

  switchLimits() {
    const on = this.limitRow.box.checked;
    const wrong = this.limitFields.find(({ input }) => !this.check(input));
    if (on && wrong) {
      this.draw();
      wrong.input.focus();
      return;
    }
    this.setLimits(Object.fromEntries(this.limitFields.map(({ key, input }) => [key, on && input.value ? Number(input.value) : null])));
  }

  allOff() {
    this.send(async () => {
      await this.app.ask("DELETE", "/sandbox/faults");
      this.faults = [];
    });
    this.setLimits(Object.fromEntries(LIMITS.map(({ key }) => [key, null])));
  }
}
