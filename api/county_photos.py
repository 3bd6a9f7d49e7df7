"""Photos of the sample county's sites: drawn by code, marked as samples, of nothing that is anywhere; sent in as any are."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from api.county_pictures import GROUND, HEIGHT, HILL, SKY, STONE, WIDTH
from api.desks import Desk

CAPTION = "样例照片(程序绘制,不是实景)"
WALL, ROOF, GLASS, DOOR = (226, 214, 196), (152, 78, 62), (120, 156, 180), (94, 74, 58)
PHOTOS = {"facilities": 6, "cemeteries": 4}
"""So many sites of each register get one; the last of each is for colleagues alone."""


def bring_in_photos(clerk: Desk, say: Callable[[str], None]) -> None:
    """Adds a drawn photo to some facilities and cemeteries, through the door that staff use."""
    for register, number in PHOTOS.items():
        listed = clerk.http.get(f"/collections/{register}/items", params={"limit": number}).json()["features"]
        for place, site in enumerate(listed, 1):
            about = {"caption": CAPTION, "audience": "internal" if place == number else "public"}
            photo = {"file": (f"sample-{place}.png", drawn(register, place), "image/png")}
            clerk.post(f"/sites/{site['id']}/photos", files=photo, data=about)
        say(f"  样例照片 {register}: {len(listed)}")


def drawn(register: str, seed: int) -> bytes:
    """A house, or a hillside with rows of stones, that says of itself that it is a sample: a PNG file."""
    random = np.random.default_rng([2026, seed])
    picture = Image.new("RGB", (WIDTH, HEIGHT), SKY)
    pen = ImageDraw.Draw(picture)
    pen.ellipse((-120, 110 + int(random.integers(0, 40)), WIDTH + 120, 620), fill=HILL)
    (_house if register == "facilities" else _rows)(pen, random)
    pen.rectangle((0, 26, WIDTH, 60), fill="white")  # where no frame cuts it off
    pen.text((20, 32), f"SAMPLE {seed}: drawn by code, no real place", "black", ImageFont.load_default(18))
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _house(pen: ImageDraw.ImageDraw, random: np.random.Generator) -> None:
    left, floors = int(random.integers(60, 120)), int(random.integers(1, 4))
    right, foot = WIDTH - left, HEIGHT - 40
    top = foot - 62 * floors
    pen.rectangle((0, foot, WIDTH, HEIGHT), fill=GROUND)
    pen.rectangle((left, top, right, foot), fill=WALL)
    pen.polygon([(left - 18, top), (right + 18, top), (right - 30, top - 46), (left + 30, top - 46)], fill=ROOF)
    for floor in range(floors):
        for x in range(left + 20, right - 40, 62):
            pen.rectangle((x, top + 62 * floor + 14, x + 34, top + 62 * floor + 44), fill=GLASS)
    middle = WIDTH // 2
    pen.rectangle((middle - 22, foot - 54, middle + 22, foot), fill=DOOR)


def _rows(pen: ImageDraw.ImageDraw, random: np.random.Generator) -> None:
    for row in range(4):
        y, size = 170 + 30 * row, 12 + 3 * row
        for x in range(30 + int(random.integers(0, 20)), WIDTH - 30, 3 * size):
            pen.rectangle((x, y - 2 * size + 10, x + size, y + 8), fill=STONE)
