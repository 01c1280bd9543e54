"""Outlets: what the watch tells the world outside, one folder or file a format.

In: one `Output` a step of the pipeline.  Out: pictures, warnings and records on a wire or in
a file.  Does not: task, cue or fire anything: no message of any outlet tells a device what
to do.

`OUTLETS[name](site, mode, params)` gives an `Outlet`.  An outlet is declared for one mode
(`params.mode`), and the table refuses to join it with another: an exercise reaches nothing
that is not declared for exercises.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, Protocol

from bartizan.outlets.cap.outlet import CapOutlet, CapParams
from bartizan.outlets.cot import CotOutlet, CotParams
from bartizan.outlets.mqtt import MqttOutlet, MqttParams
from bartizan.outlets.sapient import SapientOutlet, SapientUpParams
from bartizan.outlets.sending import Health
from bartizan.types import Mode, Output, Site
from bartizan.warn import interlock


class Outlet(Protocol):
    """Something that tells what the pipeline gives."""

    def see(self, output: Output) -> None:
        """One step's output, in order of time; returns at once."""

    def health(self) -> Health:
        """How sending goes."""

    def close(self) -> None:
        """Sends what waits, within a few seconds, and ends."""


Make = Callable[[Site, Mode, Any], Outlet]


def guarded(make: Make) -> Make:
    """The maker of an outlet with the interlock before it."""

    def admit(site: Site, mode: Mode, params: Any) -> Outlet:
        """Raises BartizanError when the outlet is declared for another mode."""
        interlock(mode, params.mode)
        return make(site, mode, params)

    return admit


OUTLETS: Final[dict[str, Make]] = {
    "cap": guarded(CapOutlet),
    "cot": guarded(CotOutlet),
    "mqtt": guarded(MqttOutlet),
    "sapient": guarded(SapientOutlet),
}


def opened(
    entries: Iterable[tuple[str, Any]], site: Site, mode: Mode, now_ns: Callable[[], int]
) -> list[Outlet]:
    """The outlets of a site's file, those that stamp what they send with a clock.

    Raises BartizanError when one is declared for another mode.
    """
    stamped = ((n, p._replace(now_ns=now_ns) if n == "sapient" else p) for n, p in entries)
    return [OUTLETS[n](site, mode, p) for n, p in stamped]


__all__ = [
    "OUTLETS",
    "CapParams",
    "CotParams",
    "Health",
    "MqttParams",
    "Outlet",
    "SapientUpParams",
    "guarded",
    "opened",
]
