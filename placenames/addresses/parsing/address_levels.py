"""Address levels: what the parts of an address are called, from the province down to the room."""

from __future__ import annotations

from enum import StrEnum

from gis.text import Text


class Level(StrEnum):
    """What a part of an address is, from the widest to the narrowest; the last three say nothing of the place's rank."""

    PROV = "prov"
    CITY = "city"
    DISTRICT = "district"
    DEVZONE = "devzone"
    TOWN = "town"
    COMMUNITY = "community"
    VILLAGE_GROUP = "village_group"
    ROAD = "road"
    SUBROAD = "subroad"
    ROADNO = "roadno"
    SUBROADNO = "subroadno"
    POI = "poi"
    SUBPOI = "subpoi"
    HOUSENO = "houseno"
    CELLNO = "cellno"
    FLOORNO = "floorno"
    ROOMNO = "roomno"
    PERSON = "person"
    ASSIST = "assist"
    REDUNDANT = "redundant"

    @property
    def words(self) -> Text:
        """The level in words."""
        return WORDS[self]


WORDS = {
    Level.PROV: Text("省级", "province"),
    Level.CITY: Text("地级", "prefecture"),
    Level.DISTRICT: Text("县级", "county"),
    Level.DEVZONE: Text("开发区", "development zone"),
    Level.TOWN: Text("乡镇街道", "town"),
    Level.COMMUNITY: Text("村、社区", "village or community"),
    Level.VILLAGE_GROUP: Text("自然村、组", "hamlet or group"),
    Level.ROAD: Text("街路巷", "street"),
    Level.SUBROAD: Text("支路、弄", "side street or numbered lane"),
    Level.ROADNO: Text("门牌号", "number"),
    Level.SUBROADNO: Text("支路门牌号", "number in the side street"),
    Level.POI: Text("小区、单位、建筑物", "estate, organization or building"),
    Level.SUBPOI: Text("小区、单位内的部分", "part of an estate or organization"),
    Level.HOUSENO: Text("幢号", "building"),
    Level.CELLNO: Text("单元", "staircase"),
    Level.FLOORNO: Text("楼层", "floor"),
    Level.ROOMNO: Text("户室", "room"),
    Level.PERSON: Text("户室内的单位、店铺", "who is to be found there"),
    Level.ASSIST: Text("方位词", "where from there"),
    Level.REDUNDANT: Text("多余文字", "what says nothing of the place"),
}
