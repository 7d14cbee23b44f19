// The inline keyboard of a message.

import { bidi, button, calm, h, icon } from "./dom.js";
import { anchor, safeUrl } from "./rich-text.js";

const NAMES = {
  "👍": "Like", "👎": "Dislike", "❤": "Love", "😂": "Funny", "😮": "Wow", "😢": "Sad", "😡": "Angry",
};

// "❤️ 3" is read out as "Love, 3"; a label with words in it as it stands.
export function spoken(text) {
  if (/\p{L}/u.test(text.replace(/\d[KMB]$/, ""))) return null;
  for (const [emoji, name] of Object.entries(NAMES)) {
    const at = text.indexOf(emoji);
    if (at < 0) continue;
    const after = text.slice(at + emoji.length).replace(/^(?:\uFE0F|\p{Emoji_Modifier})+/u, "").trim();
    return [text.slice(0, at).trim(), name, after].filter(Boolean).join(", ");
  }
  return null;
}

const SWITCHES = ["switch_inline_query", "switch_inline_query_current_chat", "switch_inline_query_chosen_chat"];
const switchOf = (given) => SWITCHES.find((name) => name in given);

function kindOf(given) {
  if (given.url) return `u${given.url}`;
  return switchOf(given) ? "s" : "b";
}

// act: tap(data, key), link(url), inline(button)
export class Keyboard {
  constructor(act) {
    this.act = act;
    this.el = h("div.keyboard", { role: "group", "aria-label": "Buttons of this message" });
    this.keys = [];
    this.buttons = [];
    this.shape = "";
  }

  update(rows) {
    const shape = rows.map((row) => row.map(kindOf).join()).join("/");
    const old = this.buttons;
    this.buttons = rows.flat();
    if (shape !== this.shape) this.build(rows, shape, old);
    this.buttons.forEach((given, i) => this.patch(this.keys[i], given));
  }

  build(rows, shape, old) {
    const at = this.keys.indexOf(document.activeElement);
    const data = old[at]?.callback_data;
    this.shape = shape;
    let n = 0;
    const made = rows.map((row) => h("div.row", ...row.map((given) => this.key(given, n++))));
    this.el.replaceChildren(...made);
    this.keys = [...this.el.querySelectorAll(".key")];
    if (at < 0) return;
    // Whoever pressed a key stays on it, or near where it was.
    const same = data === undefined ? -1 : this.buttons.findIndex((given) => given.callback_data === data);
    this.keys[same >= 0 ? same : Math.min(at, this.keys.length - 1)]?.focus({ preventScroll: true });
  }

  key(given, index) {
    const label = bidi("span.label");
    const href = given.url && safeUrl(given.url);
    if (href) {
      const link = anchor(href, this.act, { class: "key" });
      link.append(label, icon("out"));
      return link;
    }
    const key = button("key", {}, label);
    if (switchOf(given)) key.append(icon("inline"));
    key.addEventListener("click", () => {
      const now = this.buttons[index];
      if (now.callback_data !== undefined) this.act.tap(now.callback_data, key);
      else if (switchOf(now)) this.act.inline(now);
    });
    return key;
  }

  patch(key, given) {
    const label = key.querySelector(".label");
    if (label.textContent === given.text) return;
    const first = label.textContent === "";
    label.textContent = given.text;
    const words = spoken(given.text);
    if (words) key.setAttribute("aria-label", words);
    else key.removeAttribute("aria-label");
    key.classList.toggle("reaction", Boolean(words));
    if (!first && !calm()) label.animate([{ transform: "scale(1.3)" }, { transform: "none" }], { duration: 280, easing: "ease-out" });
  }
}
