// A list above the composer, driven from the text field.

import { h } from "./dom.js";

let boxes = 0;

export class Listbox {
  // field: the text field that keeps the focus. pick(item): what a choice does.
  // Items are { el, ... }; el is the option's content.
  constructor(field, label) {
    this.field = field;
    this.id = `listbox-${boxes += 1}`;
    this.items = [];
    this.active = -1;
    this.head = h("div.above");
    this.list = h("div.options", { role: "listbox", id: this.id, tabindex: "0", "aria-label": label });
    const key = (event) => {
      if (event.target === this.list) this.key(event);
      else if (event.key === "Escape") this.close();
      if (!this.open) this.field.focus();
    };
    // Pressing somewhere in the list leaves the focus in the field.
    this.el = h("div.suggestions", { hidden: true, onkeydown: key, onpointerdown: (event) => event.preventDefault() }, this.head, this.list);
  }

  get open() {
    return !this.el.hidden;
  }

  show(items, { pick, first = false, head = null, label = null }) {
    this.pick = pick;
    this.head.replaceChildren(...(head ? [head] : []));
    this.items = [];
    this.list.replaceChildren();
    this.list.hidden = items.length === 0;
    this.list.scrollTop = 0;
    if (label) this.list.setAttribute("aria-label", label);
    this.el.hidden = false;
    this.field.setAttribute("aria-controls", this.id);
    this.append(items);
    this.activate(first && items.length ? 0 : -1);
  }

  append(items) {
    for (const item of items) {
      const index = this.items.length;
      const option = h("div.option", { role: "option", id: `${this.id}-${index}`, "aria-selected": "false", onclick: () => this.pick(item) }, item.el);
      option.addEventListener("pointermove", () => { if (this.active !== index) this.activate(index); });
      this.items.push({ ...item, option });
      this.list.append(option);
    }
  }

  close() {
    this.el.hidden = true;
    this.items = [];
    this.active = -1;
    this.field.removeAttribute("aria-activedescendant");
    this.field.removeAttribute("aria-controls");
  }

  activate(index) {
    this.active = index;
    this.items.forEach(({ option }, i) => option.setAttribute("aria-selected", String(i === index)));
    const option = this.items[index]?.option;
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.field.setAttribute("aria-activedescendant", option.id);
    else this.field.removeAttribute("aria-activedescendant");
  }

  take() {
    this.pick(this.items[this.active]);
  }

  // Whether the key was for the list.
  key(event) {
    if (!this.open) return false;
    const count = this.items.length;
    const { key } = event;
    if ((key === "ArrowDown" || key === "ArrowUp") && count) {
      const step = key === "ArrowDown" ? 1 : -1;
      this.activate(this.active < 0 ? (step > 0 ? 0 : count - 1) : (this.active + step + count) % count);
    } else if (key === "Enter" && !event.shiftKey && this.active >= 0) this.take();
    else if (key === "Escape") this.close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
}
