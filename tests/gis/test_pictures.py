"""Pictures are drawn anew: what is seen stays, what the camera wrote and what hides behind does not."""

from __future__ import annotations

import io
import random
import struct
import zlib

import pytest
from PIL import Image

from gis import pictures
from gis.errors import BadInput, JiezhiError, TooLarge
from gis.pictures import SMALL, WIDEST, redrawn

SECRET = b"SECRET-PLACE"


def photo(form: str = "JPEG", size: tuple[int, int] = (400, 300), mode: str = "RGB", **more) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "red" if mode.startswith("RGB") else 0).save(out, form, **more)
    return out.getvalue()


def taken_in(content: bytes) -> Image.Image:
    made = redrawn(io.BytesIO(content))
    return Image.open(io.BytesIO(made.content))


def located(turn: int = 1) -> bytes:
    """A photo whose EXIF says where it was taken, by whom, and which way up it is."""
    exif = Image.Exif()
    exif[0x0112], exif[0x013B] = turn, SECRET.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (30.0, 41.0, 12.0), 3: "E", 4: (110.0, 17.0, 5.0)})
    return photo(exif=exif, comment=SECRET)


def test_nothing_that_the_camera_wrote_is_kept():
    sent = located() + SECRET + b"<script>alert(1)</script>PK\x03\x04"
    assert SECRET in sent
    made = redrawn(io.BytesIO(sent))
    for kept in (made.content, made.small):
        assert kept.startswith(b"\xff\xd8\xff")
        assert not any(each in kept for each in (SECRET, b"Exif", b"<script", b"PK\x03\x04"))
        assert not Image.open(io.BytesIO(kept)).getexif()


def test_it_stands_upright_and_is_no_larger_than_a_page_needs():
    assert taken_in(located(turn=6)).size == (300, 400)
    assert taken_in(photo(size=(4000, 1000))).size == (WIDEST, WIDEST // 4)
    small = redrawn(io.BytesIO(photo(size=(900, 1800)))).small
    assert Image.open(io.BytesIO(small)).size == (SMALL // 2, SMALL)
    assert taken_in(photo(size=(3, 2))).size == (3, 2)


@pytest.mark.parametrize("mode", ["RGBA", "L", "LA", "P", "1", "I;16"])
def test_every_kind_of_png_is_taken(mode):
    assert taken_in(photo("PNG", mode=mode)).mode == "RGB"


def test_what_is_seen_through_is_white():
    clear = Image.new("RGBA", (9, 9), (0, 0, 0, 0))
    out = io.BytesIO()
    clear.save(out, "PNG")
    assert taken_in(out.getvalue()).getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.parametrize(
    "wrong",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", b"<html>", b"\xff\xd8\xff\xe0 no",
     b"\x89PNG\r\n\x1a\n", photo()[:400], photo("PNG")[:60], photo("GIF"), photo("TIFF"), photo("BMP"), photo("WEBP")],
    ids=range(11),
)  # fmt: skip
def test_what_is_no_photo_is_refused(wrong):
    with pytest.raises(BadInput):
        redrawn(io.BytesIO(wrong))


def bomb(width: int, height: int) -> bytes:
    """A small PNG that says it is very large."""
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(8000, 8000), (10_000, 10_000), (60_000, 60_000), (2**31 - 1, 2**31 - 1)])
def test_one_that_unfolds_without_end_is_refused_unread(size):
    with pytest.raises(JiezhiError):
        redrawn(io.BytesIO(bomb(*size)))


def test_one_of_many_megabytes_is_refused(monkeypatch):
    monkeypatch.setattr(pictures, "LARGEST_MB", 1)
    with pytest.raises(TooLarge):
        redrawn(io.BytesIO(b"\xff\xd8\xff" + b"\0" * (1 << 20)))


@pytest.mark.filterwarnings("ignore")  # Pillow warns of what it could not read
@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_photo_with_bytes_changed_is_read_or_refused(form):
    draw, whole = random.Random(2026), located() if form == "JPEG" else photo("PNG", size=(60, 40))
    for _ in range(400):
        spoilt = bytearray(whole)
        for _ in range(draw.randint(1, 8)):
            spoilt[draw.randrange(len(spoilt))] = draw.randrange(256)
        try:
            redrawn(io.BytesIO(bytes(spoilt)))
        except JiezhiError:
            continue
