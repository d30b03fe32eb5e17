/* Runs before the page is drawn: "auto" becomes what the device asks for. */
(function () {
  "use strict";
  var root = document.documentElement;
  if (root.dataset.bsTheme !== "auto" || !window.matchMedia) {
    return;
  }
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  function follow() {
    root.dataset.bsTheme = dark.matches ? "dark" : "light";
    root.dispatchEvent(new CustomEvent("themechange"));
  }
  follow();
  dark.addEventListener("change", follow);
})();
