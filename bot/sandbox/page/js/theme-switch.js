// The switch between the system's theme, a light and a dark one.

import { byId, h, icon } from "./dom.js";

const THEMES = ["auto", "light", "dark"];

function setTheme(theme) {
  const root = document.documentElement;
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
  const name = theme[0].toUpperCase() + theme.slice(1);
  byId("theme").replaceChildren(icon(theme), h("span", name));
  byId("theme").setAttribute("aria-label", `Theme: ${name}`);
}

export function followTheme() {
  const now = () => document.documentElement.dataset.theme ?? "auto";
  byId("theme").addEventListener("click", () => {
    const theme = THEMES[(THEMES.indexOf(now()) + 1) % THEMES.length];
    setTheme(theme);
    try {
      localStorage.setItem("theme", theme);
    } catch {
      // Not kept, then: it holds until the page is loaded again.
    }
  });
  setTheme(now());
}
