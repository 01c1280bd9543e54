"""A short raid for tests: two attackers from 6 km out, a radar and a camera, 95 seconds."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bartizan import config
from bartizan.campaign import Conduct, night
from bartizan.campaign.crew import CREWS
from bartizan.campaign.many import Cell, Order
from bartizan.sim.spec import Policy

DATA = Path(config.__file__).parents[1] / "data"


def plain(kind: str) -> Any:
    """The built-in file as plain data."""
    name = {"sites": "ain-al-asad", "raids": "ain-al-asad-2022-01-04"}[kind]
    return yaml.safe_load((DATA / kind / f"{name}.yaml").read_text(encoding="utf-8"))


def files(folder: Path, p_kill: float = 0.6, magazine: int = 6) -> tuple[Path, Path]:
    """Site and raid file in a folder."""
    site, raid = plain("sites"), plain("raids")
    site["sensors"] = [s for s in site["sensors"] if s["name"] in ("search radar", "camera west")]
    site["effectors"] = [e for e in site["effectors"] if e["name"] in ("interceptor west", "gun")]
    for e in site["effectors"]:
        e |= {"p_kill": p_kill, "magazine": magazine}
    raid["groups"] = [g for g in raid["groups"] if g["hostile"]]
    raid["groups"][0]["route_m"] = [[-6000, -2600, 120], [-800, -1000, 60], [-1250, -1100, 0]]
    raid["start"] = raid["start"].isoformat()
    raid |= {"name": "short", "duration_s": 95}
    paths = folder / "site.yaml", folder / "raid.yaml"
    for path, data in zip(paths, (site, raid), strict=True):
        path.write_text(yaml.safe_dump(copy.deepcopy(data), sort_keys=False), encoding="utf-8")
    return paths


def order(folder: Path, crew: str = "drilled", sizes: tuple[int, ...] = (2,), policy: Policy = Policy(), **kind: Any) -> Order:  # fmt: skip
    """The campaign's order for the short raid."""
    site, raid = files(folder, **kind)
    built, loaded = config.load_raid(raid, config.load_site(site))
    return Order(
        night.setup(loaded.site, ()), built, loaded.effectors, 0, tuple(Cell(n) for n in sizes),
        Conduct(CREWS[crew], policy),
    )  # fmt: skip


def clock(values: list[float]) -> float:
    """Median."""
    return float(np.median(values))
