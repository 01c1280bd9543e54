"""Loading and checking: every mistake of a file at once, by line and field.

In: a built-in name or a path.  Out: what the stages take, or `ConfigError` with all
mistakes.  Does not: guess what was meant.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from bartizan.config import lint, raid, site
from bartizan.config.text import Document, Place, dotted, read
from bartizan.errors import ConfigError, Mistake
from bartizan.frames import LocalFrame
from bartizan.sim.spec import Effector, Raid
from bartizan.types import Site

_M = TypeVar("_M", bound=BaseModel)
_DATA = Path(str(resources.files("bartizan"))) / "data"
# What a person needs to hear instead of pydantic's own sentence.
_SAY = {
    "missing": "expected this field; it is missing",
    "extra_forbidden": "expected no such field here",
    "finite_number": "expected a finite number",
}


class Loaded(NamedTuple):
    """A site ready for use; effectors are for the simulator alone."""

    site: Site
    frame: LocalFrame
    effectors: tuple[Effector, ...]
    path: Path


def list_sites() -> tuple[str, ...]:
    """Names of the built-in sites."""
    return tuple(sorted(p.stem for p in (_DATA / "sites").glob("*.yaml")))


def list_raids() -> tuple[str, ...]:
    """Names of the built-in raids."""
    return tuple(sorted(p.stem for p in (_DATA / "raids").glob("*.yaml")))


def _find(name: str | Path, folder: str) -> Path:
    """The file that is meant.  Raises ConfigError naming what is built in."""
    path = Path(name)
    if path.suffix in (".yaml", ".yml") or path.exists():
        return path
    built_in = _DATA / folder / f"{name}.yaml"
    if built_in.is_file():
        return built_in
    known = ", ".join(sorted(p.stem for p in (_DATA / folder).glob("*.yaml")))
    expected = f"expected a file, or one of the built-in {folder}: {known}"
    raise ConfigError((Mistake(str(name), 1, "the file", "no such file", expected),))


def _place(loc: tuple[str | int, ...], document: Document) -> Place:
    """Pydantic's location as a place in the file (it names union members too)."""
    out: list[str | int] = []
    at: Any = document.data
    for k, part in enumerate(loc):
        last = k == len(loc) - 1
        if isinstance(at, dict) and (part in at or last):
            out.append(part)
            at = at.get(part)
        elif isinstance(at, list) and isinstance(part, int) and (part < len(at) or last):
            out.append(part)
            at = at[part] if part < len(at) else None
    return tuple(out)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def parse(document: Document, model: type[_M]) -> _M:
    """The checked file.  Raises ConfigError with all of its mistakes."""
    try:
        return model.model_validate(document.data)
    except ValidationError as e:
        mistakes = []
        for error in e.errors(include_url=False):
            place = _place(error["loc"], document)
            say = error["msg"].replace("Input should be", "expected").replace("Value error, ", "")
            say = say if say.startswith("expected") else f"expected otherwise: {say}"
            expected = _SAY.get(error["type"], say)
            found = "" if error["type"] == "missing" else _shown(error["input"])
            mistakes.append(
                Mistake(document.file, document.line(place), dotted(place), found, expected)
            )
        raise ConfigError(tuple(sorted(mistakes, key=lambda m: (m.line, m.field)))) from e


def _unless(document: Document, problems: list[lint.Problem]) -> None:
    errors = [p for p in problems if p.severity == "error"]
    if errors:
        raise ConfigError(tuple(_mistake(document, p) for p in errors))


def _mistake(document: Document, p: lint.Problem) -> Mistake:
    line = document.line(p.place)
    return Mistake(document.file, line, dotted(p.place), p.found, p.expected, p.severity)


def load_site(name: str | Path) -> Loaded:
    """A site by built-in name or file.  Raises ConfigError with every mistake."""
    path = _find(name, "sites")
    document = read(path)
    f = parse(document, site.SiteFile)
    _unless(document, lint.site_file(f))
    built, frame, effectors = site.build(f)
    return Loaded(built, frame, effectors, path)


def load_raid(name: str | Path, at: Loaded | None = None) -> tuple[Raid, Loaded]:
    """A raid by built-in name or file, and the site it is played at (its own by default).

    Raises ConfigError with every mistake.
    """
    path = _find(name, "raids")
    document = read(path)
    f = parse(document, raid.RaidFile)
    loaded = at if at is not None else load_site(_beside(f.site, path))
    return raid.build(f, loaded.site), loaded


def _beside(name: str, path: Path) -> str | Path:
    """A raid's site may be a file beside it."""
    near = path.parent / name
    return near if near.suffix in (".yaml", ".yml") and near.is_file() else name


def check(name: str | Path) -> tuple[Mistake, ...]:
    """Every mistake of a site or raid file, and what makes no sense in it (warnings).

    Never raises for what stands in the file.
    """
    try:
        path = _find(name, "raids" if str(name) in list_raids() else "sites")
        document = read(path)
        if "groups" in document.data or "duration_s" in document.data:
            return _check_raid(document, path)
        f = parse(document, site.SiteFile)
        problems = lint.site_file(f)
        if not any(p.severity == "error" for p in problems):
            problems += lint.site_sense(f, *site.build(f))
    except ConfigError as e:
        return e.mistakes
    return tuple(sorted((_mistake(document, p) for p in problems), key=lambda m: m.line))


def _check_raid(document: Document, path: Path) -> tuple[Mistake, ...]:
    f = parse(document, raid.RaidFile)
    try:
        loaded = load_site(_beside(f.site, path))
    except ConfigError as e:
        line = document.line(("site",))
        expected = f"expected a site that loads; {len(e.mistakes)} mistakes, the first: "
        return (Mistake(document.file, line, "site", f.site, expected + str(e.mistakes[0])),)
    problems = lint.raid_sense(f, raid.build(f, loaded.site), loaded.site)
    return tuple(sorted((_mistake(document, p) for p in problems), key=lambda m: m.line))
