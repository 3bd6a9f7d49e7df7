"""Maps for networks without the internet: folium with our own files, and a guard against calling other hosts.

folium's classes name public hosts for their scripts. Ours are subclasses that name our own files instead; a
plugin that has no such subclass here cannot slip through, because the finished page is refused.

folium renders what it rendered once more as a template: a place named `{{ 7*7 }}` would come out as 49, and
worse names would run code on the server. So nobody's words go through folium: `OfflineMap.keep` holds them
back until the page is made.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import folium
from branca.element import Element
from folium import plugins
from folium.elements import JSCSSMixin
from folium.template import Template
from markupsafe import escape

from gis.text import Lang

LANG_TAGS: dict[Lang, str] = {"zh": "zh-CN", "en": "en"}
KEPT = re.compile(r'"@kept-(\d+)@"')
VENDOR = "/static/vendor"
ICON = '<link rel="icon" href="/static/icon.svg">'
FOREIGN = re.compile(r"^\s*(?:[a-z]+:)?//", re.IGNORECASE)
FOREIGN_STYLE = re.compile(r"(?:url\(|@import)\s*['\"]?\s*(?:[a-z]+:)?//", re.IGNORECASE)


class ForeignHostError(RuntimeError):
    """A map asks another host: a mistake in the program, never in somebody's data."""


class SharedLooks(JSCSSMixin):
    """The styles of all features, told once, before any of them is drawn."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            jiezhi.looks = {{ this.looks|tojson }};
        {% endmacro %}
        """
    )

    def __init__(self, looks: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "SharedLooks"
        self.looks = looks


class OfflineMap(folium.Map):
    """A map without background tiles that needs Leaflet only, from our own files."""

    default_js = [("leaflet", f"{VENDOR}/leaflet/dist/leaflet.js"), ("map", "/static/map.js")]  # noqa: RUF012 - as folium
    default_css = [("leaflet_css", f"{VENDOR}/leaflet/dist/leaflet.css"), ("map_css", "/static/map.css")]  # noqa: RUF012

    def __init__(self) -> None:
        # maxZoom: clusters ask for it and no tile layer gives it. zoomSnap: a county fills its frame.
        super().__init__([35, 105], tiles=None, zoom_start=4, font_size="14px", maxZoom=18, zoom_snap=0.5)
        self.kept: list[object] = []
        self.looks: list[object] = []
        SharedLooks(self.keep(self.looks)).add_to(self)

    def look(self, style: object) -> int:
        """The number under which features name a style that many of them share."""
        if style not in self.looks:
            self.looks.append(style)
        return self.looks.index(style)

    def keep(self, value: object) -> str:
        """Holds data back from folium; the answer stands for them in what folium is given."""
        self.kept.append(value)
        return f"@kept-{len(self.kept) - 1}@"


class OfflineFullscreen(plugins.Fullscreen):
    """The button that makes a map fill the screen."""

    default_js = [("fullscreen", f"{VENDOR}/leaflet.fullscreen/Control.FullScreen.js")]  # noqa: RUF012
    default_css = [("fullscreen_css", f"{VENDOR}/leaflet.fullscreen/Control.FullScreen.css")]  # noqa: RUF012

    def __init__(self, enter: str, leave: str) -> None:
        super().__init__(title=enter, title_cancel=leave)  # type: ignore[no-untyped-call]


class OfflineCluster(plugins.MarkerCluster):
    """Points that stand too close for the eye, drawn as their number."""

    default_js = [("cluster", f"{VENDOR}/leaflet.markercluster/dist/leaflet.markercluster.js")]  # noqa: RUF012
    default_css = [("cluster_css", f"{VENDOR}/leaflet.markercluster/dist/MarkerCluster.css")]  # noqa: RUF012

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = jiezhi.clustered({{ this.points|tojson }});
        {% endmacro %}
        """
    )

    def __init__(self, name: str, points: str) -> None:
        super().__init__(name=name)  # type: ignore[no-untyped-call]
        self.points = points


class Ready(JSCSSMixin):
    """What happens when everything is drawn: metric scale, corner note, zoom to what the address names."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            {{ this._parent.get_name() }}.attributionControl.addAttribution({{ this.note|tojson }});
            jiezhi.ready({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self, note: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Ready"
        self.note = note


class Asking(JSCSSMixin):
    """A map that asks for its points while somebody looks about: of which addresses, and in which words."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            jiezhi.heaps({{ this._parent.get_name() }}, {{ this.asks|tojson }});
        {% endmacro %}
        """
    )

    def __init__(self, asks: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Asking"
        self.asks = asks


class Tools(JSCSSMixin):
    """What somebody looking at a map of sites has at hand, in which words."""

    default_js = [("tools", "/static/tools.js")]  # noqa: RUF012 - as folium

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            jiezhi.tools({{ this._parent.get_name() }}, {{ this.words|tojson }});
        {% endmacro %}
        """
    )

    def __init__(self, words: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Tools"
        self.words = words


def page_of(drawing: OfflineMap, lang: Lang, title: str) -> str:
    """The finished page of a map, in a language (so that browsers take Chinese, not Japanese, letter forms).

    Raises `ForeignHostError` when the page would ask another host.
    """
    if asked := sorted(_addresses_in(drawing)):
        raise ForeignHostError(f"the map asks another host: {', '.join(asked)}")
    page = drawing.get_root().render()
    if asked := foreign_addresses(page):
        raise ForeignHostError(f"the map page asks another host: {', '.join(asked)}")
    page = KEPT.sub(lambda found: _in_script(drawing.kept[int(found[1])]), page)
    head = f'<html lang="{LANG_TAGS[lang]}">\n<head>\n<title>{escape(title)}</title>{ICON}'
    return page.replace("<html>\n<head>", head, 1)


def _in_script(value: object) -> str:
    """A value as JSON that cannot end the script it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", r"\u0026").replace("<", r"\u003c").replace(">", r"\u003e")


def foreign_addresses(page: str) -> list[str]:
    """The addresses on other hosts that a page's own tags and styles would load; its data are not read."""
    reader = _Loads()
    reader.feed(page)
    return reader.foreign


def _addresses_in(element: Element) -> Iterator[str]:
    """Addresses that a map's parts hand to scripts: tile layers, images, data by link."""
    options = getattr(element, "options", {})
    for value in (*vars(element).values(), *options.values()):
        if isinstance(value, str) and FOREIGN.match(value):
            yield value
    for child in element._children.values():  # noqa: SLF001 - folium offers no other way to walk its tree
        yield from _addresses_in(child)


class _Loads(HTMLParser):
    """Collects what tags and style sheets of a page load from other hosts."""

    def __init__(self) -> None:
        super().__init__()
        self.foreign: list[str] = []
        self.tag = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tag = tag
        for name, value in attributes:
            if value and _asks(tag, name, value):
                self.foreign.append(value)

    def handle_data(self, data: str) -> None:
        if self.tag == "style" and FOREIGN_STYLE.search(data):
            self.foreign.append(data.strip()[:80])


def _asks(tag: str, name: str, value: str) -> bool:
    if name == "style":
        return FOREIGN_STYLE.search(value) is not None
    loads = name in {"src", "data", "poster"} or (name == "href" and tag in {"link", "use", "image", "base"})
    return loads and FOREIGN.match(value) is not None
