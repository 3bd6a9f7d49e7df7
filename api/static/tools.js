// What somebody looking at the map of sites has at hand: a box that finds sites, and a measure of lengths and areas.
"use strict";
(function () {
  const SHOWN = 10; // more than these make a list longer than a phone

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text; // never innerHTML: names come from files that people send
    return made;
  }

  function plain(text) {
    return String(text).normalize("NFKC").toLowerCase();
  }

  function filled(sentence, values) {
    return sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }

  // A box of its own in a corner of the map; what is done in it does not move the map.
  function boxIn(map, name) {
    const control = L.control({ position: "topleft" });
    control.onAdd = () => {
      const box = element("div", "leaflet-bar tool " + name);
      L.DomEvent.disableClickPropagation(box);
      L.DomEvent.disableScrollPropagation(box);
      L.DomEvent.on(box, "keydown", L.DomEvent.stopPropagation);
      return box;
    };
    return control.addTo(map).getContainer();
  }

  // ---- finding

  // Every word must stand in the name or in what the popup says; names that begin with the first word come first.
  function matching(sites, asked) {
    const words = plain(asked).split(/\s+/).filter(Boolean);
    if (!words.length) return [];
    const rank = ({ name }) => (name.startsWith(words[0]) ? 0 : words.every((word) => name.includes(word)) ? 1 : 2);
    const found = sites.filter((site) => words.every((word) => site.said.includes(word)));
    return found.map((site) => [rank(site), site]).sort((one, other) => one[0] - other[0]).map(([, site]) => site);
  }

  function search(map, words) {
    const box = boxIn(map, "find");
    const field = element("input");
    const list = element("ul");
    const told = element("p");
    let sites = null; // read when somebody first looks for one: ten thousand of them would keep the map waiting

    field.type = "search";
    field.placeholder = words.find;
    field.setAttribute("aria-label", words.find);
    told.setAttribute("role", "status");
    box.append(field, list, told);
    box.parentNode.prepend(box); // before the buttons, for eyes and keyboards alike

    function read() {
      sites = [];
      for (const [id, [layer]] of window.jiezhi.found) {
        const { title, rows } = layer.feature.properties;
        if (title) sites.push({ id: id, title: title, kind: rows.length ? rows[0][1] : "", name: plain(title), said: plain([title, ...rows.map((row) => row[1])].join(" ")) });
      }
    }
    function close() {
      list.textContent = told.textContent = "";
    }
    function goTo(site) {
      close();
      field.value = site.title;
      window.jiezhi.goTo(map, site.id);
    }
    function line(site) {
      const button = element("button", "");
      button.type = "button";
      button.append(element("b", "", site.title), element("span", "", site.kind));
      button.onclick = () => goTo(site);
      const made = element("li");
      made.append(button);
      return made;
    }
    function look() {
      if (!sites) read();
      const found = matching(sites, field.value);
      close();
      list.append(...found.slice(0, SHOWN).map(line));
      if (found.length > SHOWN) told.textContent = filled(words.more, { n: found.length - SHOWN });
      else if (!found.length && field.value.trim()) told.textContent = words.nothing;
    }
    field.oninput = look;
    field.onfocus = () => { if (field.value && !list.firstChild) look(); };
    box.addEventListener("keydown", (event) => {
      const buttons = [...list.querySelectorAll("button")];
      const at = buttons.indexOf(document.activeElement);
      if (event.key === "Escape") { close(); field.focus(); }
      else if (event.key === "Enter" && at < 0 && buttons.length) buttons[0].click();
      else if (event.key === "ArrowDown" && buttons.length) buttons[Math.min(at + 1, buttons.length - 1)].focus();
      else if (event.key === "ArrowUp" && at >= 0) (buttons[at - 1] || field).focus();
      else return;
      event.preventDefault();
    });
    map.on("click", close);
  }

  window.jiezhi.tools = function (map, words) {
    search(map, words);
  };
})();
