/* Comforts of the staff pages. Everything works without this file. */
(function () {
  "use strict";

  function isTyping(target) {
    return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  }

  function closeMenus(except) {
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (menu !== except) {
        menu.open = false;
      }
    });
  }

  document.addEventListener("keydown", function (event) {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey) {
      var search = document.querySelector("[data-search]");
      if (search && !isTyping(event.target) && document.body.dataset.keys !== "off") {
        event.preventDefault();
        search.focus();
        search.select();
      }
    }
    if (event.key === "Escape") {
      var open = document.querySelector("details.menu[open]");
      if (open) {
        open.open = false;
        open.querySelector("summary").focus();
      } else if (location.hash === "#menu") {
        location.hash = "content";
      }
    }
  });

  document.addEventListener("click", function (event) {
    closeMenus(event.target.closest("details.menu"));
    if (location.hash === "#menu" && !event.target.closest("#menu, a[href='#menu']")) {
      location.hash = "content";
    }
  });

  /* A second click on a button that is already sending does nothing. */
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented || form.method !== "post") {
      return;
    }
    if (form.dataset.sending === "yes") {
      event.preventDefault();
      return;
    }
    form.dataset.sending = "yes";
    var button = event.submitter;
    if (button) {
      button.setAttribute("aria-disabled", "true");
    }
  });

  /* Coming back with the browser's back button: the form may be sent again. */
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sending]").forEach(function (form) {
      delete form.dataset.sending;
      form.querySelectorAll("[aria-disabled]").forEach(function (button) {
        button.removeAttribute("aria-disabled");
      });
    });
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    var form = event.target.closest("form[data-sending]");
    if (form) {
      delete form.dataset.sending;
    }
  });

  /* Tabs that do not fit: the one of this page is in sight. */
  document.querySelectorAll(".tabs [aria-current]").forEach(function (tab) {
    var list = tab.closest(".tabs");
    var before = tab.getBoundingClientRect().left - list.getBoundingClientRect().left;
    list.scrollLeft = before - (list.clientWidth - tab.offsetWidth) / 2;
  });

  function focusSummary() {
    var summary = document.querySelector("[data-error-summary]");
    if (summary) {
      summary.focus();
    }
  }
  focusSummary();
  document.addEventListener("htmx:afterSwap", focusSummary);

  /* Progress is said aloud at every quarter, not at every poll. */
  var said = {};
  document.addEventListener("htmx:afterSwap", function () {
    var bar = document.querySelector("progress[data-announce]");
    var status = document.getElementById("status");
    if (!bar || !status || !bar.hasAttribute("value")) {
      return;
    }
    var quarter = Math.floor((4 * bar.value) / bar.max);
    if (said[bar.dataset.announce] !== quarter) {
      said[bar.dataset.announce] = quarter;
      status.textContent = bar.getAttribute("aria-label") + " " + 25 * quarter + " %";
    }
  });

  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      window.print();
    });
  });

  document.querySelectorAll("select[data-submit], input[data-submit]").forEach(function (field) {
    field.addEventListener("change", function () {
      field.form.requestSubmit();
    });
  });

  window.addEventListener("beforeprint", function () {
    document.querySelectorAll(".chart-figure details:not([open])").forEach(function (part) {
      part.dataset.printed = "yes";
      part.open = true;
    });
  });
  window.addEventListener("afterprint", function () {
    document.querySelectorAll("details[data-printed]").forEach(function (part) {
      delete part.dataset.printed;
      part.open = false;
    });
  });
})();
