"""The record in other people's formats; docs/incidents.md says of each what it cannot carry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from bartizan.incidents.export import acled, cap, geojson, stix, timemap
from bartizan.incidents.report.dossier import Dossier

FORMATS: Final[dict[str, Callable[[Sequence[Dossier], int], str]]] = {
    "stix": stix.write, "acled": acled.write, "geojson": geojson.write, "cap": cap.write,
    "timemap": timemap.write,
}  # fmt: skip

__all__ = ["FORMATS"]
