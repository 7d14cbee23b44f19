// A classic script, loaded before the first paint: a stored theme must not flash.
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be refused; the theme is then the system's.
}
