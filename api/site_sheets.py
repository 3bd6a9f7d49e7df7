"""The sheet of sites: the map that was asked for, drawn on paper, as everybody may see it."""

from __future__ import annotations

from sqlalchemy import Connection

from api.site_lists import (
    STATES,
    Sites,
    areas_of,
    as_collection,
    boundary_lines,
    ground_of,
    must_be_one_of,
    sites_asked_for,
)
from gis.settings import Settings
from gis.text import Lang, Text
from maps.layers import map_note
from maps.sheet_measures import PAPERS
from maps.site_map import TITLE, site_layers
from placenames.sites.cemeteries import CATEGORIES
from placenames.sites.facilities import TYPES

FORMS = {"png": "image/png", "pdf": "application/pdf"}
AS_OF = Text("{on} · {n} 处", "{on} · {n} sites")
WORDS = {**TYPES, **CATEGORIES}


def must_be_a_sheet(form: str, paper: str) -> None:
    """Raises BadInput when a sheet is asked for in a form or on paper that there is not."""
    must_be_one_of("form", (form,), tuple(FORMS))
    must_be_one_of("paper", (paper,), tuple(PAPERS))


def drawn_sheet(
    look: Connection, asked: Sites, lang: Lang, config: Settings, *, form: str, paper: str
) -> tuple[bytes, int]:
    """The sheet as a file, and how many sites are asked for; those without a place are counted, but not drawn."""
    from maps.sheets import Sheet, sheet_of  # noqa: PLC0415 - what draws on paper takes a second to load

    found = sites_asked_for(look, asked)
    every = [each for of_it in found.values() for each in of_it]
    ground = ground_of(look, asked)
    layers = site_layers(
        as_collection(found["facilities"]),
        as_collection(found["cemeteries"]),
        lang,
        areas=areas_of(look, asked, found["cemeteries"]),
        units=as_collection(ground),
        lines=boundary_lines(look, asked) if asked.lines else None,
        reach_m=asked.reach,
    )
    towns = {each["properties"]["code"]: str(each["properties"]["name"]) for each in ground}
    sheet = Sheet(
        TITLE.in_(lang),
        " · ".join([AS_OF.fill(on=asked.on, n=len(every)).in_(lang), *_filters(asked, towns, lang)]),
        map_note(config, lang),
        layers,
        [*every, *(each for each in ground if each["properties"]["code"].startswith(asked.towns or ""))],
    )
    return sheet_of(sheet, lang, form=form, paper=paper), len(every)


def _filters(asked: Sites, towns: dict[str, str], lang: Lang) -> list[str]:
    """What the sites were chosen by, so that a sheet does not seem to show all of them."""
    said = [WORDS[each].in_(lang) for each in asked.types]
    said += [towns.get(each, each) for each in asked.towns]
    said += [STATES[asked.state].in_(lang)] if asked.state else []
    return said + ([f"“{asked.q}”"] if asked.q else [])
