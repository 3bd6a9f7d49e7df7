"""How long a hundred thousand village names take in letters, beside plain pypinyin on the same names in the same run."""

from __future__ import annotations

import csv
import gzip
import random
import statistics
import time
from collections.abc import Callable, Sequence

import pytest
from pypinyin import lazy_pinyin

from placenames.language.romanise import sound_of, spell
from placenames.language.wording import Parts, split
from tests.conftest import SHARED

pytestmark = pytest.mark.benchmark
NAMES, TIMES = 100_000, 3
SEED = 1984
VILLAGES = SHARED / "divisions/villages.csv.gz"
SYLLABLES = (
    "样溪石门王李张家大小上下新老东西南北河沟岭坪坝湾塘桥店铺堡寨营庙井泉林松柳杨桃长乐安和兴盛福寿六八三"
)
TERMS = ("村", "庄", "屯", "坪", "湾", "社区", "村委会", "村民委员会")


def invented(dice: random.Random) -> str:
    return "".join(dice.choices(SYLLABLES, k=dice.randint(1, 4))) + dice.choice(TERMS)


def village_names() -> list[str]:
    """The country's names when they are here, else invented ones."""
    dice = random.Random(SEED)
    if not VILLAGES.is_file():
        return [invented(dice) for _ in range(NAMES)]
    with gzip.open(VILLAGES, "rt", encoding="utf-8") as lines:
        return dice.sample([row["name"] for row in csv.DictReader(lines)], NAMES)


def seconds(work: Callable[[], object]) -> float:
    """What a piece of work takes of the processor, so that neighbours on the machine do not count."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def spell_all(names: Sequence[str], parts: Sequence[Parts]) -> None:
    for name, part in zip(names, parts, strict=True):
        spell(name, specific=part.specific, generic=part.generic, category="VIL")


def test_a_spelling_takes_less_than_plain_pypinyin(capsys: pytest.CaptureFixture[str]) -> None:
    names = village_names()
    parts = [split(name, "VIL") for name in names]
    spell_all(names[:100], parts[:100])  # both load their dictionaries once
    lazy_pinyin(names[0])
    works = {
        "spell": lambda: spell_all(names, parts),
        "sound_of": lambda: [sound_of(name) for name in names],
        "lazy_pinyin": lambda: [lazy_pinyin(name) for name in names],
    }
    runs = [{title: seconds(work) for title, work in works.items()} for _ in range(TIMES)]
    took = {title: statistics.median(run[title] for run in runs) for title in works}
    with capsys.disabled():
        print(f"\n{NAMES:,} names: " + ", ".join(f"{title} {each:.2f} s" for title, each in took.items()))  # noqa: T201
    assert took["spell"] < took["lazy_pinyin"]
    assert took["sound_of"] < took["lazy_pinyin"]
