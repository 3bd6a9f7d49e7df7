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
      L.DomEvent.on(box, "click", L.DomEvent.stopPropagation); // Leaflet does not know a button that is gone after its click
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

  // ---- measuring, on the ellipsoid of CGCS2000

  const A = 6378137, F = 1 / 298.257222101, E2 = F * (2 - F), E = Math.sqrt(E2);
  const radians = (degrees) => (degrees * Math.PI) / 180;

  // By the two radii of curvature in the middle: within 1 in 10,000 of the geodesic where an edge is less than 100 km.
  function metresBetween(one, other) {
    const sine = Math.sin(radians((one.lat + other.lat) / 2));
    const w = Math.sqrt(1 - E2 * sine * sine);
    const north = (A * (1 - E2) / w ** 3) * radians(other.lat - one.lat);
    const east = (A / w) * Math.sqrt(1 - sine * sine) * radians(other.lng - one.lng);
    return Math.hypot(north, east);
  }

  // In Lambert's cylindrical projection of the ellipsoid, which keeps areas.
  function flat({ lat, lng }) {
    const sine = Math.sin(radians(lat));
    const height = (1 - E2) / 2 * (sine / (1 - E2 * sine * sine) + Math.atanh(E * sine) / E);
    return { x: A * radians(lng), y: A * height };
  }
  function squareMetres(places) {
    const ring = places.map(flat);
    const [begin] = ring;
    let twice = 0;
    ring.forEach((at, n) => {
      const next = ring[(n + 1) % ring.length];
      twice += (at.x - begin.x) * (next.y - begin.y) - (next.x - begin.x) * (at.y - begin.y);
    });
    return Math.abs(twice / 2);
  }

  // A ring that crosses itself has no one area.
  function crossesItself(places) {
    const side = (a, b, c) => Math.sign((b.lng - a.lng) * (c.lat - a.lat) - (b.lat - a.lat) * (c.lng - a.lng));
    const edges = places.map((at, n) => [at, places[(n + 1) % places.length]]);
    return edges.some(([a, b], n) => edges.slice(n + 2).some(([c, d]) =>
      d !== a && side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0));
  }

  function number(value, decimals) {
    return value.toLocaleString("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  }

  function measure(map, words) {
    const box = boxIn(map, "measure");
    const start = button(words.measure, toggle);
    const panel = element("div");
    const length = element("p", "length"), area = element("p", "area");
    const style = { color: "#c21e56", weight: 3, interactive: false };
    const shape = L.polygon([], { ...style, weight: 1, dashArray: "4 4", fillOpacity: 0.1 });
    const line = L.polyline([], style), dots = L.layerGroup(), drawn = L.layerGroup([shape, line, dots]);
    const middle = element("div", "crosshair");
    let places = [];

    function button(text, does) {
      const made = element("button", "", text);
      made.type = "button";
      made.onclick = does;
      return made;
    }
    panel.setAttribute("role", "status");
    panel.append(element("p", "", words.how), length, area);
    const undo = button(words.undo, () => { places.pop(); draw(); });
    const clear = button(words.clear, () => { places = []; draw(); });
    const more = element("div", "line");
    more.append(undo, clear);
    box.append(start, panel, more);
    map.getContainer().append(middle);

    function draw() {
      line.setLatLngs(places);
      shape.setLatLngs(places.length > 2 ? places : []);
      dots.clearLayers();
      for (const place of places) dots.addLayer(L.circleMarker(place, { ...style, radius: 5, fillColor: "#fff", fillOpacity: 1 }));
      tell();
    }
    function tell() {
      const metres = places.slice(1).reduce((sum, at, n) => sum + metresBetween(places[n], at), 0);
      length.dataset.metres = metres;
      length.textContent = places.length < 2 ? "" : words.length + (metres < 1000 ? ` ${number(metres, 1)} m` : ` ${number(metres / 1000, 3)} km`);
      const crossed = places.length > 2 && crossesItself(places);
      const m2 = places.length > 2 && !crossed ? squareMetres(places) : 0;
      area.dataset.m2 = m2;
      area.textContent = crossed ? words.crossed : m2 ? filled(words.area, { m2: number(m2, 0), mu: number(m2 * 3 / 2000, 2), ha: number(m2 / 10000, 2) }) : "";
      undo.disabled = clear.disabled = !places.length;
    }
    function add(place) {
      if (!places.length || !place.equals(places[places.length - 1])) places.push(place); // a double click is two
      draw();
    }
    const clicked = (event) => add(event.latlng);
    // With the keyboard: arrows move the map as always, Enter takes the point in its middle.
    function pressed(event) {
      if (event.target !== map.getContainer()) return;
      if (event.key === "Enter") add(map.getCenter());
      else if (event.key === "Backspace") undo.click();
      else if (event.key === "Escape") toggle();
      else return;
      event.preventDefault();
    }
    function toggle() {
      const on = map.getContainer().classList.toggle("measuring"); // styles let clicks through to the ground
      start.setAttribute("aria-expanded", on);
      start.textContent = on ? words.end : words.measure;
      panel.hidden = more.hidden = middle.hidden = !on;
      places = [];
      draw();
      map[on ? "on" : "off"]("click", clicked);
      map.doubleClickZoom[on ? "disable" : "enable"]();
      map[on ? "addLayer" : "removeLayer"](drawn);
      if (on) map.closePopup();
      if (on && box.contains(document.activeElement)) map.getContainer().focus({ preventScroll: true });
    }
    map.getContainer().addEventListener("keydown", pressed);
    panel.hidden = more.hidden = middle.hidden = true;
    start.setAttribute("aria-expanded", false);
  }

  window.jiezhi.tools = function (map, words) {
    search(map, words);
    measure(map, words);
    // On a phone there is no room for a popup beside the buttons.
    map.on("popupopen popupclose", ({ type }) => map.getContainer().classList.toggle("telling", type === "popupopen"));
  };
})();
