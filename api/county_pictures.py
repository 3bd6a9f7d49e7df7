"""Pictures of the sample county's graves: drawn by code, of nothing that is anywhere."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from api.grave_photos import FOLDER

WIDTH, HEIGHT = 480, 320
SKY, HILL, GROUND, MOUND, STONE = (
    (206, 222, 232), (139, 163, 128), (168, 160, 120), (120, 104, 84), (176, 176, 172),
)  # fmt: skip


def lay_pictures(names: Iterable[str], var: Path) -> None:
    """Lays a picture under each name where the office keeps its photos of graves."""
    folder = var / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(names):
        (folder / name).write_bytes(as_png(picture(number)))


def picture(seed: int) -> np.ndarray:
    """A mound with a blank stone before a hill: height x width x 3 bytes."""
    random = np.random.default_rng([2026, seed])
    x, y = np.meshgrid(np.linspace(-1, 1, WIDTH), np.linspace(0, 1, HEIGHT))
    drawn = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    drawn[:] = SKY
    drawn[y > 0.45 - 0.12 * np.cos(2.5 * x + random.uniform(0, 6))] = HILL
    drawn[y > 0.66 + 0.02 * np.sin(7 * x)] = GROUND
    middle, wide = random.uniform(-0.3, 0.3), random.uniform(0.3, 0.5)
    drawn[(((x - middle) / wide) ** 2 + ((y - 0.78) / 0.24) ** 2 < 1) & (y < 0.8)] = MOUND
    drawn[(np.abs(x - middle) < 0.07) & (y > 0.62) & (y < 0.84)] = STONE
    return drawn


def as_png(drawn: np.ndarray) -> bytes:
    """Pixels (height x width x 3 bytes) as a PNG file."""
    height, width, _ = drawn.shape
    rows = b"".join(b"\0" + row.tobytes() for row in drawn)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
