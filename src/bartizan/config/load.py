"""Loading: a file to what the stages take, or every mistake of it by line and field.

In: a built-in name or a path.  Out: a site or raid, or `ConfigError` with all mistakes.
Does not: guess what was meant.

Sense is looked at even where the schema has found mistakes: what it refused is replaced by
what a built-in file says there (`_mended`), and what sense finds in those places is left
out.  So one reading tells all, and the mended file is used for nothing else.
"""

from __future__ import annotations

import copy
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from bartizan.config import lint, nuisance, raid, site
from bartizan.config.feeds import Entry, entry
from bartizan.config.ground.files import TerrainFile
from bartizan.config.ground.lay import lay
from bartizan.config.text import Document, Place, dotted, read, said
from bartizan.errors import BartizanError, ConfigError, Mistake
from bartizan.frames import LocalFrame
from bartizan.sim.spec import Effector, Nuisances, Raid
from bartizan.terrain import Terrain
from bartizan.types import Site
from bartizan.underlay import open_own

_M = TypeVar("_M", bound=BaseModel)
_DATA = Path(str(resources.files("bartizan"))) / "data"
_GOOD: dict[type[BaseModel], str] = {
    site.SiteFile: "sites/ain-al-asad.yaml",
    raid.RaidFile: "raids/ain-al-asad-2022-01-04.yaml",
    nuisance.NuisanceFile: "nuisances/friendly-drones.yaml",
}
_WORLD = frozenset({"reference", "world_m"})  # without these nothing can be placed
_NIGHT = frozenset({"site", "duration_s"})  # nor a raid judged without these


class Loaded(NamedTuple):
    """A site ready for use; effectors are for the simulator alone, feeds for the watch."""

    site: Site
    frame: LocalFrame
    effectors: tuple[Effector, ...]
    path: Path
    feeds: tuple[Entry, ...] = ()
    base_map: Path | None = None
    credit: str = ""


class _Seen(NamedTuple):
    """What a reading found: the file as far as it can be judged, what of it is mended.

    file: None when nothing can be judged   mended: places not to be judged
    """

    file: Any
    mended: frozenset[Place]
    mistakes: tuple[Mistake, ...]


def list_sites() -> tuple[str, ...]:
    """Names of the built-in sites."""
    return tuple(sorted(p.stem for p in (_DATA / "sites").glob("*.yaml")))


def list_raids() -> tuple[str, ...]:
    """Names of the built-in raids."""
    return tuple(sorted(p.stem for p in (_DATA / "raids").glob("*.yaml")))


def list_nuisances() -> tuple[str, ...]:
    """Names of the built-in corpora of nuisances."""
    return tuple(sorted(p.stem for p in (_DATA / "nuisances").glob("*.yaml")))


def list_sources() -> tuple[str, ...]:
    """Names of the built-in settings of recordings."""
    return tuple(sorted(p.stem for p in (_DATA / "sources").glob("*.yaml")))


def find(name: str | Path, folder: str) -> Path:
    """The file that is meant.  Raises ConfigError naming what is built in."""
    path = Path(name)
    try:
        if path.suffix in (".yaml", ".yml") or path.exists():
            return path
        built_in = _DATA / folder / f"{name}.yaml"
        if built_in.is_file():
            return built_in
    except (OSError, ValueError):  # a name that no file can have
        pass
    known = ", ".join(sorted(p.stem for p in (_DATA / folder).glob("*.yaml")))
    expected = f"expected a file, or one of the built-in {folder}: {known}"
    shown = ascii(str(name)[:60])[1:-1]
    raise ConfigError((Mistake(shown, 1, "the file", "no such file", expected),))


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


def _validated(document: Document, model: type[_M]) -> tuple[_M | None, dict[Place, Mistake]]:
    """The file, or the mistakes that its schema finds, by place."""
    try:
        return model.model_validate(document.data), {}
    except ValidationError as e:
        errors = e.errors(include_url=False)
    lost = [str(x["loc"][-1]) for x in errors if x["type"] == "missing" and x["loc"]]
    out: dict[Place, Mistake] = {}
    for error in errors:
        if error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]:
            continue  # pydantic counts only the items that are right
        place = _place(error["loc"], document)
        if error["type"] == "union_tag_invalid":
            place = (*place, str(error["ctx"]["discriminator"]).strip("'"))
        expected, found = said(error, lost)
        line = document.line(place)
        out.setdefault(place, Mistake(document.file, line, dotted(place), found, expected))
    return None, out


def parse(document: Document, model: type[_M]) -> _M:
    """The checked file.  Raises ConfigError with all of its mistakes."""
    file, wrong = _validated(document, model)
    if file is None or document.mistakes:
        raise ConfigError(in_order((*document.mistakes, *wrong.values())))
    return file


def in_order(mistakes: tuple[Mistake, ...] | list[Mistake]) -> tuple[Mistake, ...]:
    """Mistakes as they stand in the file."""
    return tuple(sorted(mistakes, key=lambda m: (m.line, m.field)))


def _mended(data: Any, wrong: list[Place], good: Any) -> tuple[Any, frozenset[Place]]:
    """A copy of a file's data with what is wrong replaced from a good file; where."""
    data = copy.deepcopy(data)
    done = set()
    for place in wrong:
        top = place[0] if place else ""
        if top not in good:
            data.pop(top, None)
            done.add(place[:1])
            continue
        items = data.get(top)
        k = place[1] if len(place) > 1 else None
        if not (isinstance(items, list) and isinstance(k, int) and k < len(items)):
            data[top] = copy.deepcopy(good[top])
            done.add(place[:1])
            continue
        done.add(_mend_item(items, k, place, good[top]))
    return data, frozenset(done)


def _mend_item(items: list[Any], k: int, place: Place, good: list[Any]) -> Place:
    """Mends one field of the item k, or all of it, in place; returns what it mended."""
    like = _like(items[k], good)
    if like is None or len(place) == 2:
        items[k] = copy.deepcopy(good[0] if like is None else like)
        place = place[:2]
    else:
        items[k].pop(place[2], None)
        if place[2] in like:
            items[k][place[2]] = copy.deepcopy(like[place[2]])
        place = place[:3]
    if len(place) == 2 or place[2] == "name":
        if isinstance(items[k], dict):
            items[k]["name"] = f"number {k}"  # not a double of a good one
    return place


def _like(item: Any, good: list[Any]) -> Any:
    """The good file's item of the same kind, None when there is none."""
    if not isinstance(item, dict) or not isinstance(good[0], dict):
        return None
    if "kind" not in good[0]:
        return good[0]
    return next((g for g in good if g["kind"] == item.get("kind")), None)


def _seen(document: Document, model: type[BaseModel]) -> _Seen:
    file, wrong = _validated(document, model)
    mistakes = (*document.mistakes, *wrong.values())
    if file is not None:
        return _Seen(file, frozenset(), mistakes)
    good = read(_DATA / _GOOD[model]).data
    data, mended = _mended(document.data, list(wrong), good)
    file, _ = _validated(document._replace(data=data), model)
    return _Seen(file, mended, mistakes)


def _judged(document: Document, seen: _Seen, problems: list[lint.Problem]) -> list[Mistake]:
    """What sense found, less what stands where the schema has already spoken."""
    out = list(seen.mistakes)
    wrong = {p.place for p in problems if p.severity == "error"}
    parts = {m[:2] for m in seen.mended}
    for p in problems:
        if any(m in (p.place[: len(m)], p.rests[: len(m)]) for m in seen.mended):
            continue
        if p.severity == "warning" and (p.place in wrong or p.place[:2] in parts):
            continue  # one word about one field, and none that rests on a mended one
        line = document.line(p.place)
        out.append(
            Mistake(document.file, line, dotted(p.place), p.found, p.expected, p.severity)
        )  # fmt: skip
    return out


def _ground(f: site.SiteFile, folder: Path) -> tuple[Terrain, list[lint.Problem]]:
    """The site's ground, and what is wrong with its elevation files; folder: the site file's."""
    if f.terrain is None:
        return Terrain(), []
    frame = site.frame_of(f)
    return lay(f.terrain, frame, f.reference.geoid_m, site.reach_m(f, frame), folder)


def _map(f: site.SiteFile, folder: Path) -> list[lint.Problem]:
    """What is wrong with the site's base map."""
    if f.base_map is None:
        return []
    try:
        open_own(folder / f.base_map.file, site.frame_of(f))
    except (OSError, ValueError) as e:
        return [lint.Problem(("base_map", "file"), f.base_map.file, str(e), "error")]
    return []


def examine_site(
    document: Document, folder: Path, sense: bool = True
) -> tuple[Any, tuple[Mistake, ...]]:
    """A site's file (None when nothing in it can be used) and all its mistakes.

    folder: that of the file   sense: warnings too, and what is wrong with elevation files
    """
    seen = _seen(document, site.SiteFile)
    if seen.file is None:
        return None, in_order(seen.mistakes)
    problems = lint.site_file(seen.file)
    if sense and not any(m[0] in _WORLD for m in seen.mended):
        wrong = {p.place[0] for p in problems}
        terrain, found = (Terrain(), []) if "terrain" in wrong else _ground(seen.file, folder)
        problems += _map(seen.file, folder) if "base_map" not in wrong else []
        problems += found + lint.site_sense(seen.file, *site.build(seen.file, terrain))
    return seen.file, in_order(_judged(document, seen, problems))


def load_site(name: str | Path, hills: bool = False) -> Loaded:
    """A site by built-in name or file.

    hills: on invented ground, and its title says so.  Raises ConfigError with every mistake,
    BartizanError for hills where the file has ground of its own.
    """
    path = find(name, "sites")
    document = read(path)
    f, mistakes = examine_site(document, path.parent, sense=False)
    if mistakes or f is None:
        raise ConfigError(mistakes)
    if hills and f.terrain is not None:
        raise BartizanError(
            f"{path}: expected a site without terrain of its own for invented hills"
        )
    if hills:
        ground = TerrainFile(synthetic="hills")
        f = f.model_copy(update={"terrain": ground, "title": f"Invented hills: {f.title}"})
    terrain, problems = _ground(f, path.parent)
    wrong = [p for p in problems + _map(f, path.parent) if p.severity == "error"]
    if wrong:
        raise ConfigError(in_order(_judged(document, _Seen(f, frozenset(), ()), wrong)))
    built, frame, effectors = site.build(f, terrain)
    own = f.base_map
    return Loaded(
        built, frame, effectors, path, tuple(entry(e, path.parent) for e in f.feeds),
        path.parent / own.file if own else None, own.credit if own else "",
    )  # fmt: skip


def load_outlets(name: str | Path) -> tuple[tuple[str, Any], ...]:
    """The outlets of a site, by built-in name or file: (name, settings) of each.

    Each is one for `bartizan.outlets.OUTLETS[name](site, mode, settings)`.  Raises
    ConfigError with every mistake, a file that cannot be read among them.
    """
    path = find(name, "sites")
    document = read(path)
    f, mistakes = examine_site(document, path.parent, sense=False)
    if mistakes or f is None:
        raise ConfigError(mistakes)
    out = []
    for k, one in enumerate(f.outlets):
        try:
            out.append((one.outlet, one.params(path.parent)))
        except (OSError, ValueError) as e:
            place: Place = ("outlets", k)
            expected = f"expected a file that can be read: {e}"
            mistake = Mistake(document.file, document.line(place), dotted(place), "", expected)
            raise ConfigError((mistake,)) from e
    return tuple(out)


def examine_raid(document: Document, path: Path) -> tuple[Mistake, ...]:
    """All mistakes of a raid's file, with what makes no sense at its own site."""
    seen = _seen(document, raid.RaidFile)
    if seen.file is None:
        return in_order(seen.mistakes)
    f: raid.RaidFile = seen.file
    problems = lint.raid_file(f)
    for k, name in enumerate(f.nuisances):
        try:
            load_nuisances(_beside(name, path))
        except ConfigError as e:
            problems.append(
                lint.Problem(("nuisances", k), name, f"expected a corpus: {e.mistakes[0]}", "error")
            )
    try:
        at = load_site(_beside(f.site, path)).site
        if not any(m[0] in _NIGHT for m in seen.mended):
            problems += lint.raid_sense(f, raid.build(f, at), at)
    except ConfigError as e:
        count = f"{len(e.mistakes)} mistakes, the first: " if len(e.mistakes) > 1 else ""
        expected = f"expected a site that loads: {count}{e.mistakes[0]}"
        problems.append(lint.Problem(("site",), f.site, expected, "error"))
    return in_order(_judged(document, seen, problems))


def examine_nuisances(document: Document) -> tuple[Mistake, ...]:
    """All mistakes of a corpus' file."""
    seen = _seen(document, nuisance.NuisanceFile)
    problems = lint.nuisance_file(seen.file) if seen.file is not None else []
    return in_order(_judged(document, seen, problems))


def load_nuisances(name: str | Path) -> Nuisances:
    """A corpus by built-in name or file.  Raises ConfigError with every mistake."""
    document = read(find(name, "nuisances"))
    mistakes = tuple(m for m in examine_nuisances(document) if m.severity == "error")
    if mistakes:
        raise ConfigError(mistakes)
    return nuisance.build(parse(document, nuisance.NuisanceFile))


def load_raid(
    name: str | Path, at: Loaded | None = None, nuisances: tuple[str | Path, ...] = ()
) -> tuple[Raid, Loaded]:
    """A raid by built-in name or file, and the site it is played at (its own by default).

    nuisances: corpora beside those that its file names.  The site is ready for what the raid's file expects, too.
    Raises ConfigError with every mistake.
    """
    path = find(name, "raids")
    document = read(path)
    seen = _seen(document, raid.RaidFile)
    problems = lint.raid_file(seen.file) if seen.file is not None else []
    mistakes = [m for m in _judged(document, seen, problems) if m.severity == "error"]
    if mistakes:
        raise ConfigError(in_order(mistakes))
    f: raid.RaidFile = seen.file
    loaded = at if at is not None else load_site(_beside(f.site, path))
    ready = tuple(sorted({*loaded.site.expects, *site.expected(f.expects)}))
    if ready != loaded.site.expects:
        loaded = loaded._replace(site=loaded.site._replace(expects=ready))
    corpora = [load_nuisances(n) for n in (*(_beside(n, path) for n in f.nuisances), *nuisances)]
    return raid.build(f, loaded.site, tuple(corpora)), befriended(loaded, tuple(corpora))


def corpora_beside(name: str | Path) -> tuple[Path, ...]:
    """The corpora that stand as files beside a raid's file, and that it needs to be played."""
    path = find(name, "raids")
    found = [_beside(n, path) for n in parse(read(path), raid.RaidFile).nuisances]
    return tuple(p for p in found if isinstance(p, Path))


def files_of(name: str | Path) -> tuple[str, ...]:
    """The files that a site cannot be loaded without, as it names them: elevation, base map."""
    f = parse(read(find(name, "sites")), site.SiteFile)
    ground = () if f.terrain is None else f.terrain.names()
    return ground if f.base_map is None else (*ground, f.base_map.file)


def befriended(loaded: Loaded, corpora: tuple[Nuisances, ...]) -> Loaded:
    """The site with the friends of the corpora that trouble it."""
    new = [n for c in corpora for n in c.friends if n not in loaded.site.friends]
    if not new:
        return loaded
    return loaded._replace(site=loaded.site._replace(friends=(*loaded.site.friends, *new)))


def _beside(name: str, path: Path) -> str | Path:
    """A raid's site or corpus may be a file beside it."""
    near = path.parent / name
    return near if near.suffix in (".yaml", ".yml") and near.is_file() else name
