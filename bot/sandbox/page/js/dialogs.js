// Modal dialogs: made when they open, gone when they close.

import { button, h, icon } from "./dom.js";

let dialogs = 0;

// Resolves with the pressed button's value; null when closed otherwise.
// content: elements, or a function that gets done(value) and returns them.
export function showDialog(title, content, buttons = []) {
  return new Promise((resolve) => {
    const id = `dialog-${dialogs += 1}`;
    let value = null;
    const done = (given) => {
      value = given;
      dialog.close();
    };
    const close = button("round", { "aria-label": "Close", onclick: () => done(null) }, icon("close"));
    const feet = buttons.map(({ label, value: given, wrong }) => button(`plain${wrong ? " bad" : ""}`, { onclick: () => done(given) }, label));
    const body = typeof content === "function" ? content(done) : content;
    const dialog = h("dialog.dialog", { "aria-labelledby": id, onclick: (event) => { if (event.target === dialog) done(null); } },
      h("header", h("h2", { id, dir: "auto" }, title), buttons.length ? null : close),
      h("div.dialog-body", ...body),
      buttons.length ? h("footer", ...feet) : null);
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(value);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
