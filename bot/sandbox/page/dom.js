// Small helpers to build elements. Text goes in as text nodes only, never as markup.

export const byId = (id) => document.getElementById(id);

export function h(tag, props = {}, ...children) {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) el.addEventListener(name.slice(2), value);
    else if (name === "class") el.className = value;
    else el.setAttribute(name, value === true ? "" : value);
  }
  el.append(...children.filter((child) => child !== null && child !== undefined));
  return el;
}

export const button = (props, ...children) => h("button", { type: "button", ...props }, ...children);

export function icon(name) {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(ns, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

export function setText(el, text) {
  if (el.textContent !== text) el.textContent = text;
}

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
export const touch = () => matchMedia("(pointer: coarse)").matches;
export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Arrow keys go from one of some elements to the next, round and round; whether it was one of them.
export function arrow(event, items, back = "ArrowUp", on = "ArrowDown") {
  const step = { [back]: -1, [on]: 1 }[event.key];
  if (!step) return false;
  event.preventDefault();
  items.at((items.indexOf(document.activeElement) + step) % items.length).focus();
  return true;
}
