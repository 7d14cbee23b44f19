// Loaded before the first paint, so that a kept theme does not flash.
(function () {
  "use strict";
  var kept = null;
  try {
    kept = localStorage.getItem("theme");
  } catch (error) {
    // Storage may be refused; the theme is then the system's.
  }
  if (kept === "light" || kept === "dark") document.documentElement.dataset.theme = kept;
})();
