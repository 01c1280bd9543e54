"""A site's file with the feeds that hear what `emit` sends of it.

In: a loaded site, where each kind of traffic goes.  Out: a YAML file.  Does not: send.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from bartizan.config.load import Loaded
from bartizan.errors import InputError
from bartizan.feeds.emit import Targets, wires
from bartizan.feeds.emit.asterix import SAC
from bartizan.feeds.sapient import EdgeNode


def hearing(loaded: Loaded, targets: Targets, out: Path) -> None:
    """Writes the file.  Raises InputError when it cannot."""
    site, by = loaded.site, wires(loaded.site, targets)
    feeds: list[dict[str, Any]] = []
    of = {w: [row for row, wire in by.items() if wire == w] for w in set(by.values())}
    if of.get("sapient") and targets.sapient:
        nodes = [{"node_id": EdgeNode(site, r).node_id, "sensor": site.sensor_names[r]}
                 for r in of["sapient"]]  # fmt: skip
        feeds.append({"name": "nodes", "feed": "sapient", "address": _at(targets.sapient),
                      "nodes": nodes, "looks": True})  # fmt: skip
    if of.get("asterix") and targets.asterix:
        sources = [
            {"sac": SAC, "sic": r + 1, "sensor": site.sensor_names[r]} for r in of["asterix"]
        ]
        feeds.append({"name": "radars", "feed": "asterix_udp", "address": _at(targets.asterix),
                      "sensors": sources, "parts": 1, "wait_s": 0.0, "simulated": True})  # fmt: skip
    for row in of.get("remote_id", []):
        feeds.append({"name": "remote id", "feed": "remote_id_udp",
                      "address": _at(targets.remote_id), "sensor": site.sensor_names[row]})  # fmt: skip
    try:
        whole = yaml.safe_load(loaded.path.read_text(encoding="utf-8"))
        whole["feeds"] = feeds
        text = "# Hears simulated traffic: only for `bartizan watch FILE --exercise`.\n"
        out.write_text(
            text + yaml.safe_dump(whole, sort_keys=False, allow_unicode=True), encoding="utf-8"
        )
    except OSError as e:
        raise InputError(f"{out}: cannot be written: {e.strerror}") from e


def _at(address: Any) -> str:
    host = f"[{address.host}]" if ":" in address.host else address.host
    return f"{host}:{address.port}"
