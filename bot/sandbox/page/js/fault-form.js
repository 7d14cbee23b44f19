// The switches and fields of the limits and faults, as elements.

import { h } from "./dom.js";

export const LIMITS = [
  { key: "private_per_second", label: "per private chat and second", value: 1 },
  { key: "group_per_minute", label: "per group and minute", value: 20 },
  { key: "overall_per_second", label: "in all per second", value: 30 },
];
export const METHODS = ["sendMessage", "editMessageText", "editMessageReplyMarkup", "answerCallbackQuery", "answerInlineQuery"];
// ofCalls: the chooser of methods is for these.
export const KINDS = [
  { kind: "429", name: "Too many requests (429)", about: "Refused: the bot has to wait.", seconds: 3, unit: "seconds to wait", ofCalls: true },
  { kind: "403", name: "Blocked (403)", about: "Refused: the reader blocked the bot.", ofCalls: true },
  { kind: "500", name: "Server error (500)", about: "Refused: something broke at Telegram.", ofCalls: true },
  { kind: "slow", name: "Slow answers", about: "Carried out late, while the bot waits.", seconds: 2, unit: "seconds", ofCalls: true },
  { kind: "dropped", name: "Dropped answers", about: "Carried out, but the bot is not told.", ofCalls: true },
  { kind: "repeated", name: "Updates repeated", about: "The bot gets each update twice." },
  { kind: "reordered", name: "Updates out of order", about: "Those that come together are shuffled." },
];

export function switchRow(id, name, about, ...fields) {
  const box = h("input", { type: "checkbox", role: "switch", class: "switch", id: `switch-${id}`, "aria-describedby": `about-${id} struck-${id}` });
  const struck = h("p.struck", { id: `struck-${id}` });
  const el = h("div.fault",
    h("label.fault-name", { for: box.id }, name), box,
    h("p.fault-about", { id: `about-${id}` }, about),
    h("div.fields", ...fields.map((field) => field.el)), struck);
  return { el, box, struck };
}

export function numberField(value, label, name = label) {
  const input = h("input", { type: "number", min: 0.001, max: 3600, step: "any", inputmode: "decimal", value, required: true, "aria-label": name });
  return { el: h("label.field", h("span", label), input), input };
}
