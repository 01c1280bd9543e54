"""What is served: whole, from nowhere else, without inline script, and built from web/src."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "src" / "bartizan" / "console" / "static"
SERVED = ("index.html", "console.css", "console.js", "symbols.svg", "licences.txt")
# Names of XML vocabularies, which nobody fetches.
VOCABULARY = re.compile(r"http://www\.w3\.org/(2000/svg|1999/xhtml|1998/Math/MathML)")


def text(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


def test_all_is_there_and_small() -> None:
    """What is served is in the package: an install without Node has a working console."""
    assert {p.name for p in STATIC.iterdir()} == set(SERVED)
    assert sum(p.stat().st_size for p in STATIC.iterdir()) < 400_000


@pytest.mark.parametrize("name", SERVED[:4])
def test_no_address_outside(name: str) -> None:
    assert not re.search(r"(https?|wss?)://[\w.]|//\w+\.\w+/", VOCABULARY.sub("", text(name)))


def test_no_inline_script_style_or_eval() -> None:
    page = text("index.html")
    assert re.findall(r"<script(.*?)>(.*?)</script>", page) == [
        (' type="module" src="/static/console.js"', "")
    ]
    assert "<style" not in page
    assert not re.search(r"\son\w+=|\sstyle=|javascript:", page)
    assert not re.search(r"\beval\(|new Function\b|setTimeout\(\"", text("console.js"))


def test_every_symbol_is_drawn() -> None:
    """Seven identities of ten classes, none empty."""
    sheet = text("symbols.svg")
    cells = re.findall(r'<svg x="\d+" y="\d+".*?</svg>', sheet)
    assert len(cells) == 70
    assert all("<path" in c for c in cells)


def test_nothing_can_launch_anything() -> None:
    """The page sends eight verbs and no other; none tasks anything."""
    source = (ROOT / "web" / "src" / "protocol.ts").read_text(encoding="utf-8")
    verbs = re.search(r"export type Verb =\s*(.*?);", source, re.S)
    assert verbs is not None
    assert set(re.findall(r'"(\w+)"', verbs[1])) == {
        "acknowledge", "dismiss", "classify", "identify", "interrogate", "posture", "note", "register",
    }  # fmt: skip
    for path in (ROOT / "web" / "src").rglob("*.ts*"):
        assert not re.search(
            r"engage|effector|launch(?!ed)|jammer", path.read_text("utf-8"), re.I
        ), path


def test_what_is_served_is_built_from_the_source(tmp_path: Path) -> None:
    if not shutil.which("node") or not (ROOT / "web" / "node_modules").is_dir():
        pytest.skip("needs Node and web/node_modules: `make console`")
    subprocess.run(["node", "build.mjs", str(tmp_path)], cwd=ROOT / "web", check=True, timeout=120)
    for name in SERVED:
        assert (tmp_path / name).read_bytes() == (STATIC / name).read_bytes(), name
