// Builds elements. Text goes in as text nodes only, never as markup.

export const byId = (id) => document.getElementById(id);

// h("tag.class", { attribute: value, onevent: act }, child …); the attributes may be left out.
export function h(tag, props, ...children) {
  if (typeof props === "string" || props instanceof Node) return h(tag, {}, props, ...children);
  const [name, ...classes] = tag.split(".");
  const el = document.createElement(name);
  if (classes.length) el.className = classes.join(" ");
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) el.addEventListener(key.slice(2), value);
    else el.setAttribute(key, value === true ? "" : value);
  }
  el.append(...children.filter((child) => child !== null && child !== undefined));
  return el;
}

// What people write has a direction of its own.
export const bidi = (tag, ...children) => h(tag, { dir: "auto" }, ...children);
export const button = (names, props, ...children) => h("button", { type: "button", class: names, ...props }, ...children);

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

// Arrow keys go round some elements; whether it was one of these keys.
export function arrow(event, items, back = "ArrowUp", on = "ArrowDown") {
  const step = { [back]: -1, [on]: 1 }[event.key];
  if (!step) return false;
  event.preventDefault();
  items.at((items.indexOf(document.activeElement) + step) % items.length).focus();
  return true;
}
