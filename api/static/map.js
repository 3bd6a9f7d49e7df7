// What our maps need beside Leaflet: popups made of text, unit labels, and zooming to what the address after # names.
"use strict";
(function () {
  L.Control.Attribution.mergeOptions({ prefix: false });
  const found = new Map(); // feature id -> its layers
  const labels = [];
  let chosen = [];

  function element(name, text, className) {
    const made = document.createElement(name);
    made.textContent = text; // never innerHTML: names come from files that people send
    if (className) made.className = className;
    return made;
  }

  function words(about) {
    const box = element("div", "", "about");
    if (about.title) box.append(element("strong", about.title));
    if (about.photo) box.append(picture(about.photo[0], about.photo[1] || about.title), element("p", about.photo[1]));
    const table = element("table", "");
    for (const [title, value] of about.rows || []) {
      const row = table.insertRow();
      row.append(element("th", title), element("td", value));
    }
    box.append(table);
    if (about.link) box.append(linkTo(...about.link));
    return box;
  }

  // Of the same server, or standing in the page itself; nothing else is ever asked for.
  function picture(place, text) {
    const made = element("img", "");
    if (/^(\/sites\/|data:image\/jpeg;base64,)/.test(place)) made.src = place;
    made.alt = text;
    made.title = text;
    made.onerror = () => made.remove(); // withdrawn meanwhile, or not for whoever looks
    return made;
  }

  function linkTo(place, text) {
    const link = element("a", text);
    link.href = place;
    link.target = "_parent";
    if (place.startsWith("#")) link.onclick = () => { parent.location.hash = place; return false; };
    return link;
  }

  // A popup is made when it is asked for: ten thousand of them would keep the map waiting.
  function told(event) {
    const layer = event.layer || event.target; // one of a group that listens for all of its own
    if (layer.getPopup()) return;
    const room = { maxWidth: 320, maxHeight: Math.max(140, innerHeight - 110), autoPanPaddingTopLeft: [5, 50] };
    layer.bindPopup(() => words(layer.feature.properties), room);
    layer.openPopup(event.latlng);
  }

  function remember(id, layer) {
    if (!id) return;
    if (!found.has(id)) found.set(id, []);
    found.get(id).push(layer);
  }

  // Points that come as columns (maps/columns.py): a text of all, or how all begin and how each goes on.
  function nth(column, n, rest) {
    return typeof column === "string" ? column : column[0] + (rest || column)[n + 1];
  }

  function aboutOf(points, n) {
    const rows = points.words[points.forms[n]].map((word, row) => [word, nth(points.rows[row], n)]);
    const place = nth(points.links, n, points.links.length === 1 && points.keys);
    const photo = points.photos && nth(points.photos, n);
    return {
      style: points.style, title: nth(points.titles, n), rows: rows, link: place && [place, nth(points.details, n)],
      photo: photo && [photo, nth(points.captions, n)],
    };
  }

  // Markers that know their number among such points, and what they tell when somebody asks.
  function dotsOf(points) {
    const Dot = L.CircleMarker.extend({
      options: points.style,
      initialize(n) {
        L.CircleMarker.prototype.initialize.call(this, [points.lats[n], points.lons[n]]);
        this.n = n;
      },
    });
    Object.defineProperty(Dot.prototype, "feature", { get() { return { properties: aboutOf(points, this.n) }; } });
    return points.lons.map((_, n) => new Dot(n));
  }

  function cluster(group) {
    return L.divIcon({ html: element("span", group.getChildCount()), className: "cluster", iconSize: [34, 34] });
  }

  // Styles that many features share are told once, by their numbers.
  function styleOf(about) {
    return typeof about.style === "number" ? window.jiezhi.looks[about.style] : about.style;
  }

  function boundsOf(layers) {
    const bounds = L.latLngBounds([]);
    for (const layer of layers) bounds.extend(layer.getBounds ? layer.getBounds() : layer.getLatLng());
    return bounds;
  }

  function show(map) {
    goTo(map, decodeURIComponent(location.hash.slice(1)));
  }

  // What the legend has switched off is shown again when somebody asks for it.
  const hidden = new Set();
  function watchTheLegend(map) {
    map.on("layerremove", ({ layer }) => { if (layer.hasLayer) hidden.add(layer); });
    map.on("layeradd", ({ layer }) => { if (hidden.size) hidden.delete(layer); });
  }

  function goTo(map, id) {
    const layers = found.get(id);
    for (const layer of chosen) layer.setStyle({ weight: styleOf(layer.feature.properties).weight });
    chosen = [];
    if (!layers) return;
    for (const group of hidden) if (group.hasLayer(layers[layers.length - 1])) map.addLayer(group);
    map.fitBounds(boundsOf(layers), { padding: [48, 48], maxZoom: Math.max(16, Math.floor(map.getZoom())), animate: false });
    chosen = layers.filter((layer) => layer.setStyle);
    for (const layer of chosen) layer.setStyle({ weight: styleOf(layer.feature.properties).weight + 3 });
    const top = layers[layers.length - 1];
    if (!top.getPopup() && top.feature.properties.rows) told({ target: top });
    map.eachLayer((group) => {
      if (group.zoomToShowLayer && group.hasLayer(top)) group.zoomToShowLayer(top, () => top.openPopup());
    });
    top.openPopup();
  }

  // A unit's name is shown where the unit is wider than its name and no smaller unit's name stands there already.
  function showLabels(map) {
    const shown = [];
    for (const { layer, width, text } of labels) {
      const place = map.latLngToContainerPoint(layer.getLatLng());
      const east = map.latLngToContainerPoint(L.latLng(layer.getLatLng().lat, layer.getLatLng().lng + width));
      const half = L.point(6.5 * text.length, 9);
      const box = L.bounds(place.subtract(half), place.add(half));
      const fits = east.x - place.x >= 2 * half.x && !shown.some((other) => other.overlaps(box));
      if (fits) shown.push(box);
      if (layer.getElement()) layer.getElement().hidden = !fits;
    }
  }

  // In a frame called "pick", clicks say where a place is: the form around the frame gets a point, or a line.
  function pick(map) {
    const form = parent.document.querySelector("form[data-pick]");
    const { lon, lat, geometry } = form.elements;
    const style = { color: "#c21e56", weight: 4 };
    const line = L.polyline([], style).addTo(map);
    const dots = L.layerGroup().addTo(map);
    const spot = (_, place) => L.circleMarker(place, { ...style, radius: 6 });
    const given = L.geoJSON(null, { style, pointToLayer: spot, interactive: false }).addTo(map); // several parts, or holes
    let places = [];

    function draw() {
      line.setLatLngs(places);
      dots.clearLayers();
      for (const place of places) L.circleMarker(place, { ...style, radius: 6, fillColor: "#fff", fillOpacity: 1 }).addTo(dots);
    }
    function tell() {
      const told = places.map((place) => [+place.lng.toFixed(6), +place.lat.toFixed(6)]);
      const middle = told[Math.floor((told.length - 1) / 2)] || ["", ""];
      lon.value = middle[0];
      lat.value = middle[1];
      const shape = told.length > 1 ? { type: "LineString", coordinates: told } : { type: "Point", coordinates: told[0] };
      geometry.value = told.length ? JSON.stringify(shape) : "";
      given.clearLayers();
      lon.dispatchEvent(new Event("change", { bubbles: true }));
      draw();
    }
    function read() {
      const shape = geometry.value ? JSON.parse(geometry.value) : {};
      const { type, coordinates } = shape;
      given.clearLayers();
      places = [];
      if (type === "LineString") places = coordinates.map(at);
      else if (type === "Polygon" && coordinates.length === 1) places = coordinates[0].slice(0, -1).map(at);
      else if (type === "Point") places = [at(coordinates)];
      else if (type) given.addData(shape);
      else if (lon.value && lat.value && isFinite(lon.value) && isFinite(lat.value)) places = [at([lon.value, lat.value])];
      draw();
      if (around().isValid()) map.fitBounds(around().pad(0.5), { maxZoom: 14 });
    }
    function at([east, north]) {
      return L.latLng(north, east);
    }
    function around() {
      return L.latLngBounds(places).extend(given.getBounds());
    }
    map.getContainer().style.cursor = "crosshair";
    map.on("click", (event) => {
      if (parent.document.querySelector("[name=drawn]:checked").value === "point") places = [];
      places.push(event.latlng);
      tell();
    });
    form.querySelector("[data-undo]").onclick = () => { places.pop(); tell(); };
    form.querySelector("[data-clear]").onclick = () => { places = []; tell(); };
    lon.oninput = lat.oninput = () => { geometry.value = ""; read(); };
    read();
    answered(map, JSON.parse(form.dataset.answers || "[]"), around());
  }

  // What rules answered of the place: the zones that speak against it, and lines to the nearest ones with their distances.
  function answered(map, features, about) {
    const looks = { hit: { color: "#b71c1c", weight: 3, fillOpacity: 0.3 }, person: { color: "#b26a00", weight: 3, dashArray: "4 6" } };
    for (const feature of features) {
      const { verdict, label, is_line } = feature.properties;
      const layer = L.geoJSON(feature, { style: { ...looks[verdict], fill: !is_line, className: "answer " + verdict } }).addTo(map);
      layer.bindTooltip(() => element("span", label), { sticky: true }); // no popup: a click chooses the next place
      if (is_line && verdict === "hit") about.extend(layer.getBounds());
    }
    if (features.length && about.isValid()) map.fitBounds(about.pad(0.5), { maxZoom: 15, animate: false });
  }

  // A register too large to be sent whole: the map asks for what it shows, numbers where records stand close.
  function heaps(map, asks) {
    const drawn = L.layerGroup().addTo(map);
    map.createPane("heaps").style.zIndex = 630; // above the names of the units
    let latest = "";

    function get(path, more) {
      const query = new URLSearchParams(asks.query);
      for (const [name, value] of Object.entries(more)) query.set(name, value);
      return fetch(path + "?" + query, { headers: { Accept: "application/json" } }).then((answer) => {
        if (!answer.ok) throw new Error(path + " " + answer.status);
        return answer.json();
      });
    }
    // its own popup: the points are drawn anew whenever the map moves, also when it moves to make room for the popup
    function tell(place, content) {
      L.popup({ maxWidth: 320, maxHeight: 260 }).setLatLng(place).setContent(content).openOn(map);
    }
    function record(id, label) {
      return words({ title: label, link: [asks.place + encodeURIComponent(id), asks.details] });
    }
    function list(place, number, cell) {
      const corner = [place.lng, place.lat].map((at) => Math.floor(at / cell) * cell);
      const bbox = [corner[0], corner[1], corner[0] + cell, corner[1] + cell].map((at) => at.toFixed(7)).join();
      get(asks.items, { bbox: bbox, limit: 50 }).then((found) => {
        const box = element("div", "", "about");
        box.append(element("strong", asks.here.replace("{n}", number)));
        for (const { properties } of found.features) {
          const line = element("div", "");
          line.append(linkTo(asks.place + encodeURIComponent(properties.id), properties.label));
          box.append(line);
        }
        if (found.numberMatched > found.features.length) box.append(element("div", "…"));
        tell(place, box);
      });
    }
    function draw(found) {
      drawn.clearLayers();
      for (const each of found.heaps) {
        const place = L.latLng(each.lat, each.lon);
        if (each.number === 1) {
          drawn.addLayer(L.circleMarker(place, { ...asks.style, pane: "heaps" }).on("click", () => tell(place, record(each.id, each.label))));
          continue;
        }
        const shown = each.number < 10000 ? each.number : Math.round(each.number / 1000) + "k";
        const icon = L.divIcon({ html: element("span", shown), className: "cluster", iconSize: [each.number < 1000 ? 34 : 46, 34] });
        const marker = L.marker(place, { icon: icon, pane: "heaps", title: String(each.number), alt: String(each.number) });
        marker.on("click", () => {
          if (map.getZoom() >= map.getMaxZoom() - 1) list(place, each.number, found.cell);
          else map.setView(place, Math.min(map.getZoom() + 2, map.getMaxZoom()));
        });
        drawn.addLayer(marker);
      }
    }
    function ask() {
      const bounds = map.getBounds();
      const edges = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
      const limits = [-180, -90, 180, 90];
      const bbox = edges.map((at, n) => (n < 2 ? Math.max(at, limits[n]) : Math.min(at, limits[n])).toFixed(6)).join();
      const zoom = Math.floor(map.getZoom());
      const asked = bbox + " " + zoom;
      if (asked === latest) return;
      latest = asked;
      get(asks.heaps, { bbox: bbox, zoom: zoom }).then((found) => { if (asked === latest) draw(found); });
    }
    function showOne() {
      const id = decodeURIComponent(location.hash.slice(1)).replace(/^item-/, "");
      if (!id) return;
      get(asks.items + "/" + encodeURIComponent(id), {}).then((found) => {
        if (!found.geometry) return;
        const place = L.geoJSON(found).getBounds().getCenter();
        map.setView(place, 17, { animate: false });
        tell(place, record(found.properties.id, found.properties.label));
      });
    }
    map.on("moveend", ask);
    addEventListener("hashchange", showOne);
    ask();
    showOne();
  }

  // Beside a form that asks for the plates nearest to a point, a click on empty ground asks; both the form's list and
  // the map answer.
  function nearest(map) {
    const form = window !== parent && parent.document.querySelector("form[data-nearest]");
    if (!form) return;
    const drawn = L.layerGroup().addTo(map);
    const mark = { color: "#c21e56", weight: 3, radius: 6, fillColor: "#fff", fillOpacity: 1 };
    map.getContainer().style.cursor = "crosshair";

    function draw(here, document_) {
      const [plate] = document_.features || [];
      const dot = L.circleMarker(here, mark);
      drawn.clearLayers().addLayer(dot);
      if (!plate) return dot.bindPopup(element("div", form.dataset.nothing)).openPopup();
      const [lon, lat] = plate.geometry.coordinates;
      const about = plate.properties;
      const far = form.dataset.metres.replace("%s", Math.round(about.distance_m));
      const told = { title: about.label, rows: [["→", far]], link: ["/addresses/" + about.id, form.dataset.details] };
      drawn.addLayer(L.polyline([here, [lat, lon]], { color: mark.color, weight: 2, dashArray: "4 4", interactive: false }));
      drawn.addLayer(L.circleMarker([lat, lon], { ...mark, color: "#00695c" }));
      dot.bindPopup(words(told), { maxWidth: 320 }).openPopup();
    }
    map.on("click", (event) => {
      if (event.sourceTarget !== map) return; // what is drawn there tells of itself
      const here = event.latlng.wrap();
      form.elements.lon.value = here.lng.toFixed(6);
      form.elements.lat.value = here.lat.toFixed(6);
      form.requestSubmit();
      const asked = new URLSearchParams(new FormData(form));
      fetch(form.action + "?" + asked, { headers: { Accept: "application/json" } })
        .then((answer) => answer.json()).then((found) => draw(here, found));
    });
  }

  window.jiezhi = {
    found: found,
    goTo: goTo,
    heaps: heaps,

    feature(feature, layer) {
      const about = feature.properties;
      if (about.rows) layer.on("click", told);
      remember(feature.id, layer);
    },

    point(feature, place) {
      const about = feature.properties;
      if (about.metres) return L.circle(place, { ...styleOf(about), radius: about.metres, interactive: false });
      if (!about.label) return L.circleMarker(place, styleOf(about));
      const icon = L.divIcon({ html: element("span", about.label), className: "unit-label", iconSize: null });
      const layer = L.marker(place, { icon: icon, pane: "labels", interactive: false, keyboard: false });
      labels.push({ layer: layer, width: about.width, text: about.label });
      return layer;
    },

    clustered(points) {
      const dots = dotsOf(points);
      const group = L.markerClusterGroup({ showCoverageOnHover: false, iconCreateFunction: cluster });
      dots.forEach((dot, n) => remember(nth(points.keys, n), dot));
      group.once("add", () => group.addLayers(dots)); // not before: it would look for each among all that wait
      return group.on("click", told);
    },

    ready(map) {
      L.control.scale({ imperial: false }).addTo(map);
      map.on("zoomend layeradd", () => showLabels(map));
      labels.sort((one, other) => one.width - other.width);
      showLabels(map);
      watchTheLegend(map);
      addEventListener("hashchange", () => show(map));
      show(map);
      if (window.name === "pick") pick(map);
      if (window.name === "map") nearest(map);
    },
  };
})();
