"""Files that people write, checked: sites, raids, nuisances, sources of recordings, history.

In: YAML.  Out: what the stages and the simulation take.  Does not: run anything.

`bartizan.config.source.load_source` stands apart: it loads every feed, which a simulated
run need not wait for.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel

from bartizan.config.history import HistoryFile, check_history
from bartizan.config.load import (
    Loaded,
    corpora_beside,
    examine_nuisances,
    examine_raid,
    examine_site,
    find,
    list_nuisances,
    list_raids,
    list_sites,
    list_sources,
    load_nuisances,
    load_outlets,
    load_raid,
    load_site,
)
from bartizan.config.nuisance import NuisanceFile
from bartizan.config.raid import RaidFile
from bartizan.config.site import SiteFile
from bartizan.config.text import Document, read
from bartizan.errors import ConfigError, Mistake

__all__ = [
    "Loaded",
    "check",
    "corpora_beside",
    "find",
    "list_nuisances",
    "list_raids",
    "list_sites",
    "load_nuisances",
    "load_outlets",
    "load_raid",
    "load_site",
    "schema",
]
# The field that only this kind of file has; a file with none of them is taken for a site's.
_TELLS = {
    "raid": ("groups", "duration_s", "story"),
    "nuisances": ("traffic", "echoes", "reflectors", "faults"),
    "source": ("feed",),
    "history": ("attacks",),
}


def schema(kind: str) -> dict[str, Any]:
    """The JSON Schema of a kind of file: "site", "raid", "nuisances", "source" or "history"."""
    from bartizan.config.source import SourceFile  # loads the feeds: not at import

    files: dict[str, type[BaseModel]] = {
        "site": SiteFile,
        "raid": RaidFile,
        "nuisances": NuisanceFile,
        "source": SourceFile,
        "history": HistoryFile,
    }
    return files[kind].model_json_schema()


def check(name: str | Path) -> tuple[Mistake, ...]:
    """Every mistake of a file (errors, and warnings of sense), as they stand in it.

    What kind of file it is follows from its fields.  Never raises for what stands in it.
    """
    built_in = {"raids": list_raids(), "sources": list_sources(), "nuisances": list_nuisances()}
    folder = next((f for f, names in built_in.items() if str(name) in names), "sites")
    try:
        path = find(name, folder)
        document = read(path)
        return _checked(document, path)
    except ConfigError as e:
        return e.mistakes


def _checked(document: Document, path: Path) -> tuple[Mistake, ...]:
    kind = next((k for k, tells in _TELLS.items() if any(t in document.data for t in tells)), "")
    if kind == "raid":
        return examine_raid(document, path)
    if kind == "nuisances":
        return examine_nuisances(document)
    if kind == "history":
        return check_history(document)
    if kind == "source":
        from bartizan.config.source import check_source  # loads the feeds: not at import

        return check_source(document)
    return examine_site(document, path.parent)[1]
