"""Charts as SVG text for pages: no script, the values written out, a description for screen readers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from unicodedata import east_asian_width

from markupsafe import Markup

from gis.text import Lang, Text

DONE = "#00695c"
PLAN = "#666b73"
INK = "#434343"
WIDTH, HEIGHT = 560, 200
LEFT, RIGHT, TOP, BOTTOM = 44, 20, 26, 34
"""Room around the plot, in px of the drawing."""
WRITTEN = 36
"""Room for a number, in px."""

Day = tuple[date, float]
"""An amount reached on a day."""
Bar = tuple[str, float, float]
"""Name, done, target."""

ROW = 28
"""Height of a pair of lying bars, in px."""
WORDS = {"done": Text("完成", "done"), "plan": Text("计划", "plan")}
KEY = (WORDS["done"], WORDS["plan"])
_SVG = Markup(
    '<svg class="chart" viewBox="0 0 {w} {h}" role="img" aria-labelledby="{id}-title {id}-desc" '
    'font-size="12" fill="{ink}"><title id="{id}-title">{title}</title>'
    '<desc id="{id}-desc">{desc}</desc>{body}</svg>'
)
_TEXT = Markup('<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}">{text}</text>')
_RULE = Markup('<path d="M{x1:.1f} {y:.1f}H{x2:.1f}" stroke="#e4e7eb"/>')
_PATH = Markup('<path d="{d}" fill="none" stroke="{stroke}" stroke-width="2.5"{more}/>')
_DOT = Markup('<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{fill}"/>')
_BOX = Markup('<rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}" fill="{fill}"/>')
_STEPS = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 250, 500, 1000, 2500)
_DASHED = Markup(' stroke-dasharray="6 4"')


def line_chart(
    name: str, title: Text, done: Sequence[Day], plan: Sequence[Day], *, on: date, lang: Lang
) -> Markup:
    """What was reached over time against the plan, both as running totals in day order.

    `name` makes the chart's ids unique on its page. Done is a stair up to the day `on`; plan is a dashed line
    through its goals.
    """
    days = [day for day, _ in (*done, *plan)] + [on]
    first, last = min(days), max(days)
    top = _nice(max([amount for _, amount in (*done, *plan)], default=0))

    def at(day: date, amount: float) -> tuple[float, float]:
        share = (day - first).days / max((last - first).days, 1)
        return LEFT + share * (WIDTH - LEFT - RIGHT), _y(amount, top)

    parts = [*_grid(top), *_days_below(sorted({first, *(day for day, _ in plan), last}), at)]
    if plan:
        parts.append(_PATH.format(d=_straight([at(*each) for each in plan]), stroke=PLAN, more=_DASHED))
    if done:
        stairs = [at(first, 0), *(at(*each) for each in done), at(on, done[-1][1])]
        parts.append(_PATH.format(d=_stair(stairs), stroke=DONE, more=""))
    parts += _written([at(*each) for each in plan], [amount for _, amount in plan], PLAN)
    parts += _reached(*at(on, done[-1][1]), done[-1][1]) if done else []
    return _chart(name, title, [_listing("plan", plan, lang), _listing("done", done, lang)], parts, lang)


def bar_chart(name: str, title: Text, bars: Sequence[Bar], *, lang: Lang) -> Markup:
    """Pairs of bars, target beside done, one pair for each name (a half-year, a town)."""
    top = _nice(max([max(done, target) for _, done, target in bars], default=0))
    step = (WIDTH - LEFT - RIGHT) / max(len(bars), 1)
    width = min(step * 0.36, 46)
    parts = [*_grid(top)]
    for place, (label, done, target) in enumerate(bars):
        middle = LEFT + (place + 0.5) * step
        parts += _bar(middle - width - 1, width, target, top, PLAN)
        parts += _bar(middle + 1, width, done, top, DONE)
        parts.append(_text(middle, HEIGHT - BOTTOM + 18, label, "middle"))
    pair = Text("{label}:完成 {done},计划 {target}", "{label}: {done} done, {target} planned")
    said = [pair.fill(label=_, done=_number(d), target=_number(g)).in_(lang) for _, d, g in bars]
    return _chart(name, title, said, parts, lang)


def row_chart(name: str, title: Text, rows: Sequence[Bar], key: tuple[Text, Text], *, lang: Lang) -> Markup:
    """Lying pairs of bars, one pair for each name: what there is above what it is held against; any number of names.

    `key` says what the two are, the first of them in the stronger colour.
    """
    widest = max([max(has, against) for _, has, against in rows], default=0) or 1
    left = max([_wide(label) for label, _, _ in rows], default=0) + 10
    room = WIDTH - left - RIGHT - WRITTEN
    parts: list[Markup] = []
    for place, (label, has, against) in enumerate(rows):
        y = TOP + place * ROW
        parts.append(_text(left - 7, y + 15, label, "end"))
        for down, amount, colour in ((3, has, DONE), (13, against, PLAN)):
            width = amount / widest * room
            parts.append(_BOX.format(x=left, y=y + down, w=width, h=9 if colour == DONE else 4, fill=colour))
        parts.append(_text(left + max(has, against) / widest * room + 5, y + 14, _number(has), "start", DONE))
    pair = Text("{label}:{one_zh} {has},{other_zh} {against}", "{label}: {one_en} {has}, {other_en} {against}")
    one, other = key
    words = {"one_zh": one.zh, "one_en": one.en, "other_zh": other.zh, "other_en": other.en}
    said = [pair.fill(label=_, has=_number(h), against=_number(a), **words).in_(lang) for _, h, a in rows]
    return _chart(name, title, said, parts, lang, key=key, height=TOP + ROW * len(rows) + 8)


def _chart(name: str, title: Text, said: Sequence[str], parts: Iterable[Markup], lang: Lang, *, key: tuple[Text, Text] = KEY,
           height: float = HEIGHT) -> Markup:  # fmt: skip
    first, second = (each.in_(lang) for each in key)
    further = LEFT + max(70, 30 + _wide(first))
    listed = [
        _BOX.format(x=LEFT, y=6, w=12, h=10, fill=DONE),
        _text(LEFT + 17, 15, first, "start"),
        _BOX.format(x=further, y=6, w=12, h=10, fill=PLAN),
        _text(further + 17, 15, second, "start"),
    ]
    body = Markup("").join([*listed, *parts])
    desc = "; ".join(each for each in said if each)
    return _SVG.format(w=WIDTH, h=height, id=name, title=title.in_(lang), desc=desc, body=body, ink=INK)


def _listing(word: str, days: Sequence[Day], lang: Lang) -> str:
    listed = ", ".join(f"{day.isoformat()} {_number(amount)}" for day, amount in days)
    return f"{WORDS[word].in_(lang)}: {listed}" if listed else ""


def _grid(top: float) -> Iterable[Markup]:
    for quarter in range(5):
        amount = top * quarter / 4
        yield _RULE.format(x1=LEFT, x2=WIDTH - RIGHT, y=_y(amount, top))
        yield _text(LEFT - 7, _y(amount, top) + 4, _number(amount), "end")


def _days_below(days: Sequence[date], at: object) -> Iterable[Markup]:
    """Dates under the plot, left out where they would run into the one before."""
    assert callable(at)
    free_from = 0.0
    for day in days:
        x = min(max(at(day, 0)[0], LEFT + 10), WIDTH - RIGHT - 20)
        if x - 30 >= free_from:
            free_from = x + 34
            yield _text(x, HEIGHT - BOTTOM + 18, f"{day:%Y-%m}", "middle")


def _written(
    places: Sequence[tuple[float, float]], amounts: Sequence[float], colour: str
) -> Iterable[Markup]:
    for (x, y), amount in zip(places, amounts, strict=True):
        yield _DOT.format(x=x, y=y, fill=colour)
        if amount:
            yield _text(x - 4, y - 8, _number(amount), "end", colour)


def _reached(x: float, y: float, amount: float) -> Iterable[Markup]:
    """The amount reached, to the right of its dot where there is room: the plan's amounts stand to the left of theirs."""
    yield _DOT.format(x=x, y=y, fill=DONE)
    right = x < WIDTH - RIGHT - WRITTEN
    if amount:
        below = min(y + 14, HEIGHT - BOTTOM - 3)
        yield _text(x + (7 if right else -7), below, _number(amount), "start" if right else "end", DONE)


def _bar(x: float, width: float, amount: float, top: float, colour: str) -> Iterable[Markup]:
    y = _y(amount, top)
    yield _BOX.format(x=x, y=y, w=width, h=HEIGHT - BOTTOM - y, fill=colour)
    yield _text(x + width / 2, y - 5, _number(amount), "middle", colour)


def _text(x: float, y: float, text: str, anchor: str, fill: str = INK) -> Markup:
    return _TEXT.format(x=x, y=y, text=text, anchor=anchor, fill=fill)


def _wide(text: str) -> float:
    """About how wide a text is, in px: Chinese characters are twice as wide as Latin letters."""
    return sum(12.0 if east_asian_width(each) in "WF" else 7.0 for each in text)


def _y(amount: float, top: float) -> float:
    return HEIGHT - BOTTOM - amount / top * (HEIGHT - TOP - BOTTOM)


def _straight(places: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)


def _stair(places: Sequence[tuple[float, float]]) -> str:
    (x, y), *rest = places
    return f"M{x:.1f} {y:.1f}" + "".join(f"H{x:.1f}V{y:.1f}" for x, y in rest)


def _nice(top: float) -> float:
    """The next number above that four lines divide well."""
    for step in _STEPS:
        if top <= step * 4:
            return step * 4.0
    return top


def _number(amount: float) -> str:
    return f"{amount:.1f}".rstrip("0").rstrip(".")
