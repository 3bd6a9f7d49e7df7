"""Pictures as they are kept: drawn anew, so that nothing of a file but what is seen in it comes in.

Where and by whom it was taken (EXIF, GPS), what hides behind the picture, and what else a file may carry, is left out.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image, ImageOps

from gis.errors import BadInput, TooLarge

LARGEST_MB = 20
MOST_PIXELS = 60_000_000
WIDEST, SMALL = 1600, 320
"""Longest edge of what is kept, and of what stands in a popup (pixels)."""
TYPE = "image/jpeg"
_TAKEN = ("JPEG", "PNG")
_UNREADABLE = (OSError, ValueError, SyntaxError, EOFError, struct.error, Image.DecompressionBombError,
               Image.DecompressionBombWarning)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture drawn anew as JPEG, and a small one of it."""

    content: bytes
    small: bytes


def redrawn(stream: BinaryIO) -> Picture:
    """A photo drawn anew, upright. Raises TooLarge, BadInput for what is no picture (JPEG or PNG) or cannot be read."""
    content = stream.read((LARGEST_MB << 20) + 1)
    if len(content) > LARGEST_MB << 20:
        raise TooLarge("照片超过 {limit} MB", "the photo is larger than {limit} MB", limit=LARGEST_MB)
    if not content:
        raise BadInput("照片文件是空的", "the photo is empty")
    try:
        with Image.open(io.BytesIO(content), formats=_TAKEN) as found:
            if found.width * found.height > MOST_PIXELS:
                raise _too_many_pixels(found.width, found.height)
            found.draft("RGB", (WIDEST, WIDEST))
            kept = _on_white(ImageOps.exif_transpose(_no_longer_than(found, WIDEST)))
    except _UNREADABLE as problem:
        raise BadInput(
            "不是能读取的照片;可接收 jpg、png", "this is no photo that can be read; jpg and png are taken"
        ) from problem
    return Picture(_jpeg(kept, 85), _jpeg(_no_longer_than(kept, SMALL), 70))


def _too_many_pixels(width: int, height: int) -> TooLarge:
    return TooLarge(
        "照片 {width}×{height} 像素,太大", "the photo has {width}×{height} pixels, which is too many",
        width=width, height=height,
    )  # fmt: skip


def _on_white(picture: Image.Image) -> Image.Image:
    """A picture without see-through parts."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    drawn = picture.convert("RGBA")
    ground = Image.new("RGBA", drawn.size, "white")
    return Image.alpha_composite(ground, drawn).convert("RGB")


def _no_longer_than(picture: Image.Image, edge: int) -> Image.Image:
    """The picture itself, made smaller before anything else is done with it: a telephone's would fill the memory."""
    drawn = picture.convert("RGBA") if picture.mode in _LISTED else picture
    drawn.thumbnail((edge, edge))
    return drawn


_LISTED = ("P", "PA", "1")
"""Their pixels are numbers of colours, between which nothing can be mixed."""


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    picture.info.clear()  # comments and profiles would be written along
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()
