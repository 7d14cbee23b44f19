// A short message over the chat, and alerts that wait for OK, one after the other.

import { h } from "./dom.js";
import { showDialog } from "./dialogs.js";

const LEAST_MS = 3200;
const WRONG_MS = 6000;
const MS_A_LETTER = 65;

export class Toast {
  constructor() {
    this.el = h("div", { class: "toast", role: "status" });
  }

  show(text, wrong = false) {
    clearTimeout(this.timer);
    this.el.replaceChildren(h("span", { dir: "auto" }, text));
    this.el.classList.toggle("wrong", wrong);
    this.el.classList.add("on");
    this.timer = setTimeout(() => this.el.classList.remove("on"), Math.max(wrong ? WRONG_MS : LEAST_MS, text.length * MS_A_LETTER));
  }
}

let last = Promise.resolve();

export function alertReader(reader, text) {
  last = last.then(() => showDialog(`To ${reader.first_name}`, [h("p", { class: "dialog-text", dir: "auto" }, text)], [{ label: "OK", value: true }]));
}
