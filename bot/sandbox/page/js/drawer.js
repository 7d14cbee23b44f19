// The operator's drawer: calls, faults, restart.

import { post } from "./api.js";
import { Calls } from "./call-list.js";
import { arrow, button, byId, h, icon, setText } from "./dom.js";
import { Faults } from "./faults.js";

// Beside the chats where there is room. As in drawer.css.
const over = matchMedia("(max-width: 899px)");

export class Drawer {
  constructor(store) {
    this.store = store;
    this.button = byId("tools");
    this.el = byId("drawer");
    this.count = h("span.count", { hidden: true });
    this.button.append(this.count);
    this.calls = new Calls();
    this.faults = new Faults((on) => this.drawCount(on));
    this.build();
    this.listen();
  }

  build() {
    const close = button("round", { "aria-label": "Close", onclick: () => this.close() }, icon("close"));
    this.problem = h("p.problem", { role: "alert" });
    this.restart = button("plain", { hidden: true, onclick: () => this.restartBot() }, icon("restart"), h("span", "Restart the bot"));
    this.parts = [["Calls", this.calls], ["Faults", this.faults]].map(([name, part], i) => {
      const tab = button(null, { role: "tab", id: `part-tab-${i}`, "aria-controls": `part-${i}`, onclick: () => this.choose(i), onkeydown: (event) => this.onTabKey(event) }, name);
      const panel = h("div.part", { role: "tabpanel", id: `part-${i}`, "aria-labelledby": tab.id }, part.el);
      return { tab, panel, part };
    });
    this.el.append(
      h("header.drawer-head", h("h2", { id: "drawer-name" }, "Operator"), this.restart, close),
      this.problem,
      h("div.part-tabs", { role: "tablist", "aria-label": "Operator" }, ...this.parts.map(({ tab }) => tab)),
      ...this.parts.map(({ panel }) => panel));
    this.choose(0);
  }

  listen() {
    this.button.addEventListener("click", () => (this.el.open ? this.close() : this.open()));
    // Beside the drawer, where it lies over the chats.
    this.el.addEventListener("click", (event) => { if (event.target === this.el) this.close(); });
    this.el.addEventListener("close", () => this.closed());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented && this.el.contains(document.activeElement)) this.close();
    });
    over.addEventListener("change", () => this.close());
    this.store.on("state", (state) => {
      this.faults.receive(state);
      this.calls.forget();
      this.drawRestart();
    });
    this.store.on("faults", (state) => this.faults.receive(state));
    for (const name of ["bot", "bot_stopped", "bot_started"]) this.store.on(name, () => this.drawRestart());
  }

  onTabKey(event) {
    if (arrow(event, this.parts.map(({ tab }) => tab), "ArrowLeft", "ArrowRight")) document.activeElement.click();
  }

  choose(index) {
    this.chosen = index;
    this.parts.forEach(({ tab, panel, part }, i) => {
      tab.setAttribute("aria-selected", String(i === index));
      tab.tabIndex = i === index ? 0 : -1;
      panel.hidden = i !== index;
      part.watch(this.el.open && i === index);
    });
  }

  // --- open and closed

  open() {
    if (over.matches) this.el.showModal();
    else this.el.show();
    this.button.setAttribute("aria-expanded", "true");
    this.choose(this.chosen);
  }

  close() {
    if (!this.el.open) return;
    const inside = this.el.contains(document.activeElement);
    this.el.close();
    if (inside) this.button.focus();
  }

  closed() {
    this.button.setAttribute("aria-expanded", "false");
    for (const { part } of this.parts) part.watch(false);
  }

  // --- the bot

  drawCount(on) {
    this.count.hidden = !on;
    this.count.replaceChildren(String(on), h("span.sr", on === 1 ? " fault on" : " faults on"));
  }

  drawRestart() {
    const { bot, running } = this.store;
    this.restart.hidden = !bot?.can_restart;
    this.restart.disabled = !running;
    setText(this.restart.lastElementChild, running ? "Restart the bot" : "Restarting…");
  }

  async restartBot() {
    this.restart.disabled = true;
    try {
      await post("bot/restart");
      setText(this.problem, "");
    } catch (error) {
      setText(this.problem, error.message);
    }
    this.drawRestart();
  }
}
