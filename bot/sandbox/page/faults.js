// Limits and faults. What is on is the server's to say, so that two pages agree: a switch sends a
// request, and shows what came of it.

import { ask } from "./api.js";
import { h, setText } from "./dom.js";
import { KINDS, LIMITS, METHODS, numberField, struckWords, switchRow, wrongNumber } from "./faultform.js";

const POLL_MS = 1000;

export class Faults {
  // counted(on): how many of them are on.
  constructor(counted) {
    this.counted = counted;
    this.faults = [];
    this.limits = {};
    // What is still to be sent, one after the other; changes: how often the state changed.
    this.queue = Promise.resolve();
    this.waiting = 0;
    this.changes = 0;
    this.build();
  }

  build() {
    this.problem = h("p", { class: "problem", role: "alert" });
    const off = h("button", { type: "button", class: "plain wide", onclick: () => this.allOff() }, "All off");
    this.buildLimits();
    this.method = h("select", { id: "method" }, h("option", { value: "" }, "all"), ...METHODS.map((name) => h("option", { value: name }, name)));
    this.method.addEventListener("change", () => {
      const method = this.method.value || null;
      for (const row of this.rows) if (row.ofCalls && row.box.checked) this.change(row, { method });
    });
    this.rows = KINDS.map((kind) => this.buildRow(kind));
    const group = (name, ...rows) => h("div", { class: "group", role: "group", "aria-label": name }, ...rows.map((row) => row.el));
    this.el = h("div", { class: "faults-part" },
      h("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "Limits and faults" },
        h("h3", {}, "Limits"), group("Limits", this.limitRow),
        h("h3", {}, "Faults"), h("div", { class: "field" }, h("label", { for: "method" }, "Which calls"), this.method),
        group("Faults of calls", ...this.rows.filter((row) => row.ofCalls)),
        group("Faults of updates", ...this.rows.filter((row) => !row.ofCalls))),
      h("footer", { class: "part-foot" }, this.problem, off));
  }

  buildLimits() {
    const fields = h("div", { class: "fields" });
    this.limitRow = switchRow("limits", "Telegram’s limits", "Whatever is faster is refused (429).", fields);
    this.limitFields = LIMITS.map(({ key, label, value }) => {
      // Empty: without this limit.
      const input = numberField(value, label, { min: 0.001, max: 100_000, required: false });
      fields.append(h("label", { class: "field" }, h("span", {}, label), input));
      input.addEventListener("change", () => { if (this.check(input) && this.limitRow.box.checked) this.switchLimits(); });
      return { key, input };
    });
    this.limitRow.box.addEventListener("change", () => this.switchLimits());
  }

  buildRow(kind) {
    const fields = kind.seconds ? h("div", { class: "fields" }) : null;
    const row = { ...kind, ...switchRow(kind.kind, kind.name, kind.about, fields) };
    row.box.addEventListener("change", () => this.switch(row));
    if (fields) {
      row.input = numberField(kind.seconds, `${kind.name}: ${kind.unit}`, { whole: kind.whole });
      fields.append(h("label", { class: "field" }, h("span", {}, kind.unit), row.input));
      row.input.addEventListener("change", () => {
        if (this.check(row.input) && row.box.checked) this.change(row, { seconds: Number(row.input.value) });
      });
    }
    return row;
  }

  // --- what the server says

  receive({ faults, limits }) {
    this.changes += 1;
    this.faults = faults ?? [];
    this.limits = limits ?? {};
    this.draw();
  }

  watch(on) {
    clearTimeout(this.timer);
    this.watched = on;
    if (on) {
      this.poll();
      return;
    }
    setText(this.problem, "");
    // A number that was never sent does not wait there for the next time.
    for (const { input } of [...this.limitFields, ...this.rows.filter((row) => row.input)]) {
      if (!input.checkValidity()) input.value = input.defaultValue;
      input.removeAttribute("aria-invalid");
    }
  }

  async poll() {
    const { changes } = this;
    try {
      const { faults } = document.hidden ? this : await ask("GET", "faults");
      // Unless something was switched meanwhile: then this is how it was before.
      if (changes === this.changes && !this.waiting) {
        this.faults = faults;
        this.draw();
      }
    } catch {
      // The page says by itself that the connection is lost.
    }
    clearTimeout(this.timer);
    if (this.watched) this.timer = setTimeout(() => this.poll(), POLL_MS);
  }

  of(row) {
    return this.faults.filter((fault) => fault.kind === row.kind);
  }

  draw() {
    const limited = LIMITS.some(({ key }) => typeof this.limits[key] === "number");
    this.counted(this.rows.filter((row) => this.of(row).length).length + (limited ? 1 : 0));
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
      setText(row.struck, own.length ? struckWords(own, this.method.value) : "");
    }
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
    const wrong = wrongNumber(input);
    setText(this.problem, wrong);
    return !wrong;
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
    const answer = await ask("POST", "faults", fault);
    const made = { ...fault, struck: 0, ...answer };
    if (!this.faults.some((one) => one.id === made.id)) this.faults = [...this.faults, made];
  }

  async remove({ id }) {
    try {
      await ask("DELETE", `faults/${id}`);
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
      await ask("POST", "limits", limits);
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
      await ask("DELETE", "faults");
      this.faults = [];
    });
    this.setLimits(Object.fromEntries(LIMITS.map(({ key }) => [key, null])));
  }
}
