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
    const table = element("table", "");
    for (const [title, value] of about.rows || []) {
      const row = table.insertRow();
      row.append(element("th", title), element("td", value));
    }
    box.append(table);
    if (about.link) box.append(linkTo(...about.link));
    return box;
  }

  function linkTo(place, text) {
    const link = element("a", text);
    link.href = place;
    link.target = "_parent";
    if (place.startsWith("#")) link.onclick = () => { parent.location.hash = place; return false; };
    return link;
  }

  function boundsOf(layers) {
    const bounds = L.latLngBounds([]);
    for (const layer of layers) bounds.extend(layer.getBounds ? layer.getBounds() : layer.getLatLng());
    return bounds;
  }

  function show(map) {
    const layers = found.get(decodeURIComponent(location.hash.slice(1)));
    for (const layer of chosen) layer.setStyle({ weight: layer.feature.properties.style.weight });
    chosen = [];
    if (!layers) return;
    map.fitBounds(boundsOf(layers), { padding: [48, 48], maxZoom: Math.max(16, Math.floor(map.getZoom())), animate: false });
    chosen = layers.filter((layer) => layer.setStyle);
    for (const layer of chosen) layer.setStyle({ weight: layer.feature.properties.style.weight + 3 });
    const top = layers[layers.length - 1];
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
      lon.dispatchEvent(new Event("change", { bubbles: true }));
      draw();
    }
    function read() {
      const shape = geometry.value ? JSON.parse(geometry.value) : {};
      if (shape.type === "LineString") places = shape.coordinates.map((at) => L.latLng(at[1], at[0]));
      else places = lon.value && lat.value && isFinite(lon.value) && isFinite(lat.value) ? [L.latLng(lat.value, lon.value)] : [];
      draw();
      if (places.length) map.fitBounds(L.latLngBounds(places).pad(0.5), { maxZoom: 14 });
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
    feature(feature, layer) {
      const about = feature.properties;
      if (about.rows) layer.bindPopup(() => words(about), { maxWidth: 320 });
      if (!feature.id) return;
      if (!found.has(feature.id)) found.set(feature.id, []);
      found.get(feature.id).push(layer);
    },

    point(feature, place) {
      const about = feature.properties;
      if (!about.label) return L.circleMarker(place, about.style);
      const icon = L.divIcon({ html: element("span", about.label), className: "unit-label", iconSize: null });
      const layer = L.marker(place, { icon: icon, pane: "labels", interactive: false, keyboard: false });
      labels.push({ layer: layer, width: about.width, text: about.label });
      return layer;
    },

    cluster(group) {
      return L.divIcon({ html: element("span", group.getChildCount()), className: "cluster", iconSize: [34, 34] });
    },

    ready(map) {
      L.control.scale({ imperial: false }).addTo(map);
      map.on("zoomend layeradd", () => showLabels(map));
      labels.sort((one, other) => one.width - other.width);
      showLabels(map);
      addEventListener("hashchange", () => show(map));
      show(map);
      if (window.name === "pick") pick(map);
      if (window.name === "map") nearest(map);
    },
  };
})();
