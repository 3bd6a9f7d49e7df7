"""Page assets: the lock is honest, what is served is what was locked, and no page loads from elsewhere."""

import io
import json
import re
import subprocess
import sys
import tarfile
from hashlib import sha256
from pathlib import Path

import pytest

from api import assets
from api.assets import LOCK, STATIC, VENDOR, Package, fetch, read_lock, wrong_files
from gis.errors import Unavailable

ROOT = STATIC.parents[1]
TEMPLATES = STATIC.parent / "templates"
FOREIGN = re.compile(r"""(?:src|href|url\(|@import|hx-get|hx-post|action)\s*[=]?\s*["']?\s*(?:https?:)?//""")
ASSET = re.compile(r"""["'](/static/[^"'?#]+)""")


@pytest.fixture(scope="module")
def vendored():
    """The assets in place, as every start leaves them."""
    fetch(read_lock())
    return VENDOR


def tarball(folder, files):
    """A package as npm packs it."""
    path = folder / "package.tgz"
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def package(**files):
    """A lock entry for files with this content."""
    return Package("a", "1", {name: sha256(content).hexdigest() for name, content in files.items()})


def test_the_lock_names_packages_and_hashes_but_no_addresses():
    assert "//" not in LOCK.read_text("utf-8")
    for entry in json.loads(LOCK.read_text("utf-8")):
        assert set(entry) == {"package", "version", "files"}
        assert re.fullmatch(r"\d+\.\d+\.\d+", entry["version"])
        assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in entry["files"].values())


def test_each_package_brings_its_licence():
    assert all(any("LICEN" in name for name in each.files) for each in read_lock())


def test_what_is_served_is_exactly_what_was_locked(vendored):
    served = {path.relative_to(vendored).as_posix() for path in vendored.rglob("*") if path.is_file()}
    assert served == {f"{each.name}/{path}" for each in read_lock() for path in each.files}
    assert wrong_files(read_lock()) == []


def test_style_sheets_load_only_what_lies_beside_them(vendored):
    for sheet in (*STATIC.glob("*.css"), *vendored.rglob("*.css")):
        content = sheet.read_text("utf-8")
        assert "@import" not in content
        for address in re.findall(r"url\(\s*['\"]?([^'\")]+)", content):
            if not address.startswith("#"):
                assert (sheet.parent / address).is_file(), f"{sheet.name}: {address}"


@pytest.mark.parametrize("page", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_pages_load_only_our_own_files(page, vendored):
    content = page.read_text("utf-8")
    assert not FOREIGN.search(content)
    assert vendored.is_dir()
    for address in ASSET.findall(content):
        assert (STATIC.parent / address.lstrip("/")).is_file(), address


def test_maps_load_files_that_exist(vendored):
    from maps import offline

    classes = (offline.OfflineMap, offline.OfflineFullscreen, offline.OfflineCluster)
    addresses = [address for each in classes for _, address in (*each.default_js, *each.default_css)]
    assert vendored.is_dir()
    assert len(addresses) == len(set(addresses)) == 8
    assert all((STATIC.parent / address.lstrip("/")).is_file() for address in addresses)


def test_nothing_is_fetched_when_all_is_there(vendored, monkeypatch):
    monkeypatch.setattr(assets, "_pack", lambda *_: pytest.fail("asked the network"))
    assert fetch(read_lock()) == 0


def test_a_changed_file_is_fetched_anew(tmp_path, monkeypatch):
    wanted = package(**{"a.js": b"right"})
    monkeypatch.setattr(
        assets, "_pack", lambda *_: tarball(tmp_path, {"a.js": b"right", "not-listed.js": b"x"})
    )
    folder = tmp_path / "vendor"
    (folder / "a").mkdir(parents=True)
    (folder / "a" / "a.js").write_bytes(b"wrong")
    (folder / "stale.js").write_bytes(b"of an older version")
    assert fetch([wanted], folder) == 1
    assert {path.name for path in folder.rglob("*.js")} == {"a.js"}
    assert (folder / "a" / "a.js").read_bytes() == b"right"


@pytest.mark.parametrize(
    "sent", [{"a.js": b"evil"}, {"b.js": b"right"}, {}], ids=["changed", "renamed", "empty"]
)
def test_a_package_that_is_not_the_locked_one_is_refused(tmp_path, monkeypatch, sent):
    monkeypatch.setattr(assets, "_pack", lambda *_: tarball(tmp_path, sent))
    folder = tmp_path / "vendor"
    folder.mkdir()
    (folder / "kept.js").write_bytes(b"as it was")
    with pytest.raises(Unavailable, match=r"a/a\.js") as refused:
        fetch([package(**{"a.js": b"right"})], folder)
    assert "不符" in refused.value.text.zh
    assert "refused" in refused.value.text.en
    assert [path.name for path in tmp_path.rglob("*.js")] == ["kept.js"]


def test_an_unknown_package_gives_one_line_and_no_traceback(tmp_path):
    lock = tmp_path / "assets.json"
    lock.write_text(json.dumps([{"package": "leaflet", "version": "0.0.999", "files": {"a.js": "0" * 64}}]))
    script = (
        "import sys, pathlib\nfrom api import assets\n"
        f"assets.read_lock.__defaults__ = (pathlib.Path({str(lock)!r}),)\n"
        f"assets.fetch.__defaults__ = (pathlib.Path({str(tmp_path / 'vendor')!r}),)\n"
        "sys.exit(assets.main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "leaflet@0.0.999" in done.stderr
    assert " / " in done.stderr


def test_the_command_is_quick_when_all_is_there(vendored):
    done = subprocess.run(
        [sys.executable, "-m", "api.assets"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert Path(vendored).is_dir()


@pytest.mark.parametrize("page", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_pages_say_everything_in_both_languages(page):
    """No Chinese stands outside `t(zh, en)`, and every `t` has its English."""
    content = re.sub(r"\{#.*?#\}", "", page.read_text("utf-8"), flags=re.DOTALL)
    sentence = r"""\bt\(\s*(?:"[^"]*"|'[^']*')\s*,\s*(?:"[^"]+"|'[^']+')\s*\)"""
    rest = re.sub(sentence, "", content).replace('"中文"', "")  # the switch to Chinese is in Chinese
    assert re.findall(r"[\u4e00-\u9fff]+", rest) == []
