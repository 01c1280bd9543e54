"""SI factors and the few unit conversions that stand at the edges.

In: numbers in the units that the outside uses.  Out: SI and radians.
Does not: appear inside a stage.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import numpy as np

RAD_PER_DEG: Final = np.pi / 180.0
M_PER_FT: Final = 0.3048  # exact, international foot
M_PER_NM: Final = 1852.0  # exact, international nautical mile
MPS_PER_KT: Final = M_PER_NM / 3600.0
NS_PER_S: Final = 1_000_000_000
C_MPS: Final = 299_792_458.0  # exact, speed of light
G_MPS2: Final = 9.80665  # exact, standard gravity


def ns_from_s(t_s: float) -> int:
    """UTC nanoseconds from Unix seconds, rounded to the nearest nanosecond."""
    whole = int(t_s // 1)
    return whole * NS_PER_S + round((t_s - whole) * NS_PER_S)


def ns_from_iso(text: str) -> int:
    """UTC nanoseconds from an ISO 8601 time; a time without an offset is UTC.

    Raises ValueError when the text is no such time.
    """
    t = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    t = t.replace(tzinfo=UTC) if t.tzinfo is None else t.astimezone(UTC)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    d = t - epoch
    return (d.days * 86_400 + d.seconds) * NS_PER_S + d.microseconds * 1000


def iso_from_ns(t_ns: int, digits: int = 3) -> str:
    """ISO 8601 text in UTC with `digits` decimals of a second, cut, not rounded."""
    whole, rest = divmod(t_ns, NS_PER_S)
    text = datetime.fromtimestamp(whole, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{rest:09d}"[: 20 + digits if digits else 19] + "Z"


def clock_from_ns(t_ns: int, utc_offset_s: int = 0) -> str:
    """HH:MM:SS of the day at the given offset from UTC."""
    return datetime.fromtimestamp(t_ns // NS_PER_S + utc_offset_s, UTC).strftime("%H:%M:%S")
