"""Threats to warnings: interrogation, alarm, posture, and people's acts.

In: `Picture`, `Threats`, `Act`.  Out: `Watch`.  Does not: send anything anywhere.
"""

from __future__ import annotations

from typing import NamedTuple

from bartizan.errors import BartizanError
from bartizan.types import Act, Level, Mode, Picture, Posture, Site, Threats, Watch

__all__ = ["WarnParams", "WarnState", "interlock", "start", "step"]


class WarnParams(NamedTuple):
    """Settings of the watch."""

    mode: Mode = Mode.EXERCISE
    attacks_ns: tuple[int, ...] = ()
    observed_from_ns: int = 0


class WarnState(NamedTuple):
    """What the watch remembers."""

    posture: Posture


def interlock(mode: Mode, outlet_mode: Mode) -> None:
    """Refuse to join a source and a sink of different modes."""
    if mode != outlet_mode:
        raise BartizanError(f"{mode} scans must not reach what is set up for {outlet_mode}")


def start(params: WarnParams) -> WarnState:
    """The state before the first picture."""
    return WarnState(Posture(Level.WHITE, 0, 0, "rule", "start", ""))


def step(
    state: WarnState, picture: Picture, threats: Threats, acts: tuple[Act, ...], site: Site,
    params: WarnParams,
) -> tuple[WarnState, Watch]:  # fmt: skip
    """One picture on."""
    return state, Watch(picture.t_ns, state.posture, (), ())
