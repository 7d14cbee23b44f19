// A short message over the chat, and alerts that wait for OK.

import { bidi, h } from "./dom.js";
import { showDialog } from "./dialogs.js";

const SHOWN_MS = 4000;
const WRONG_MS = 7000;

export class Toast {
  constructor() {
    this.el = h("div.toast", { role: "status" });
  }

  show(text, wrong = false) {
    clearTimeout(this.timer);
    this.el.replaceChildren(bidi("span", text));
    this.el.classList.toggle("wrong", wrong);
    this.el.classList.add("on");
    this.timer = setTimeout(() => this.hide(), wrong ? WRONG_MS : SHOWN_MS);
  }

  hide() {
    this.el.classList.remove("on");
  }
}

let last = Promise.resolve();

export function alertReader(reader, text) {
  last = last.then(() => showDialog(`To ${reader.first_name}`, [bidi("p.dialog-text", text)], [{ label: "OK", value: true }]));
}
