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
  { kind: "429", name: "Too many requests (429)", about: "Refused: the bot has to wait.", seconds: 3, whole: true, unit: "seconds to wait", ofCalls: true },
  { kind: "403", name: "Blocked (403)", about: "Refused: the reader blocked the bot.", ofCalls: true },
  { kind: "500", name: "Server error (500)", about: "Refused: something broke at Telegram.", ofCalls: true },
  { kind: "slow", name: "Slow answers", about: "Carried out late, while the bot waits.", seconds: 2, unit: "seconds", ofCalls: true },
  { kind: "dropped", name: "Dropped answers", about: "Carried out, but the bot is not told.", ofCalls: true },
  { kind: "repeated", name: "Updates repeated", about: "The bot gets each update twice." },
  { kind: "reordered", name: "Updates out of order", about: "Those that come together are shuffled." },
];

export function switchRow(id, name, about, fields) {
  const box = h("input", { type: "checkbox", role: "switch", class: "switch", id: `switch-${id}`, "aria-describedby": `about-${id} struck-${id}` });
  const struck = h("p", { class: "struck", id: `struck-${id}` });
  const el = h("div", { class: "fault" },
    h("label", { class: "fault-name", for: box.id }, name), box,
    h("p", { class: "fault-about", id: `about-${id}` }, about),
    fields, struck);
  return { el, box, struck };
}

export function numberField(value, label, { min = 0.1, max = 3600, required = true, whole = false }) {
  const kind = whole ? { min: 1, step: 1, inputmode: "numeric" } : { min, step: "any", inputmode: "decimal" };
  return h("input", { type: "number", ...kind, max, value, required, "aria-label": label });
}

// What checks a number and says what would be right; "" when it is.
export function wrongNumber(input) {
  const good = input.checkValidity();
  if (good) input.removeAttribute("aria-invalid");
  else input.setAttribute("aria-invalid", "true");
  return good ? "" : `${input.step === "1" ? "A whole number" : "A number"} from ${input.min} to ${input.max}, please.`;
}

const times = (n) => (n === 1 ? "once" : `${n} times`);

// How often faults struck, and what the page cannot set: who asks the server directly can.
export function struckWords(faults, method) {
  const struck = faults.reduce((sum, fault) => sum + (fault.struck ?? 0), 0);
  const more = faults.flatMap((fault) => [
    (fault.method ?? "") !== method && (fault.method || faults.length > 1) ? `calls: ${fault.method ?? "all"}` : null,
    typeof fault.chat === "number" ? `in chat ${fault.chat}` : null,
    typeof fault.times === "number" ? `at most ${times(fault.times)}` : null,
    typeof fault.share === "number" && fault.share < 1 ? `${Math.round(fault.share * 100)} % of them` : null,
  ]);
  return [struck ? `struck ${times(struck)}` : "has not struck yet", ...more.filter(Boolean)].join(", ");
}
