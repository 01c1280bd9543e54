"""How what leaves is marked: an exercise, a recording, or the real thing.

In: a mode and texts, some of them from the air.  Out: marked texts that any wire carries.
Does not: decide what is sent.
"""

from __future__ import annotations

import re
from typing import Final

from bartizan.types import Mode
from bartizan.warn.words import marked

CAP_STATUS: Final = {Mode.EXERCISE: "Exercise", Mode.RECORDING: "Test", Mode.LIVE: "Actual"}
EXERCISE: Final = "EXERCISE EXERCISE EXERCISE"
NOTES: Final = {
    Mode.EXERCISE: EXERCISE,
    Mode.RECORDING: "RECORDING: what is told here is not happening now",
    Mode.LIVE: "",
}
# XML 1.0 has no place for these; a callsign from the air may hold any of them.
_UNFIT = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

__all__ = ["CAP_STATUS", "EXERCISE", "NOTES", "marked", "named", "printable"]


def printable(text: str, most: int = 400) -> str:
    """The text without what no terminal or XML reader takes, at most so long."""
    return _UNFIT.sub("\N{REPLACEMENT CHARACTER}", text)[:most]


def named(mode: Mode, name: str) -> str:
    """An identifier that carries its mode with it: "exercise-..." and "recording-..."."""
    return name if mode is Mode.LIVE else f"{mode}-{name}"
