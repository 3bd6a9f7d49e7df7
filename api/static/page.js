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
