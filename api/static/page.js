// The little that our pages cannot do with HTML alone. Every page works without it.
"use strict";
(function () {
  document.documentElement.classList.add("script");

  // A row that the address names may lie in a closed group: open it, then go there.
  function openTarget() {
    const row = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!row) return;
    for (let group = row.closest("details"); group; group = group.parentElement.closest("details")) group.open = true;
    row.scrollIntoView({ block: "center" });
  }
  addEventListener("hashchange", openTarget);
  addEventListener("DOMContentLoaded", openTarget);

  // The file button is drawn as a label (browsers write their own language on theirs): name the chosen files beside it.
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (input.type !== "file") return;
    const names = input.closest("form").querySelector("[data-chosen]");
    if (names) names.textContent = Array.from(input.files, (file) => file.name).join(", ");
  });

  // Help while typing: the arrow keys go through what is offered, Escape and leaving the field put it away.
  function putAway(box) {
    box.dataset.done = box.querySelector("input").value;
    for (const list of box.querySelectorAll("ul")) list.remove();
  }
  document.addEventListener("keydown", (event) => {
    const box = event.target.closest && event.target.closest("[data-help]");
    if (!box) return;
    if (event.key === "Escape") putAway(box);
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const stops = [box.querySelector("input"), ...box.querySelectorAll("li a")];
    const next = stops.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1);
    stops[(next + stops.length) % stops.length].focus();
    event.preventDefault();
  });
  document.addEventListener("focusout", (event) => {
    const box = event.target.closest("[data-help]");
    if (box && event.relatedTarget && !box.contains(event.relatedTarget)) putAway(box);
  });
  document.addEventListener("click", (event) => {
    for (const box of document.querySelectorAll("[data-help]")) if (!box.contains(event.target)) putAway(box);
  });
  document.addEventListener("submit", (event) => {
    for (const box of event.target.querySelectorAll("[data-help]")) putAway(box);
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const box = event.target.closest("[data-help]");
    if (box && box.dataset.done === box.querySelector("input").value) event.detail.shouldSwap = false;
  });

  // What is only the beginning of an answer fills the field, so that one may type on.
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("[data-fill]");
    if (!link) return;
    event.preventDefault();
    const field = link.closest("[data-help]").querySelector("input");
    field.value = link.dataset.fill;
    field.form.requestSubmit();
    field.focus();
  });

  // Files may also be dropped on the upload box.
  for (const type of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(type, (event) => {
      const box = event.target.closest && event.target.closest("[data-drop]");
      if (!box) return;
      event.preventDefault();
      box.classList.toggle("over", type === "dragover");
      if (type !== "drop") return;
      const input = box.querySelector("input[type=file]");
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
})();
