"""A sensor's own classifier in a site file: how often it declares what of what.

In: the key `confusion` of a sensor.  Out: the matrix as `Sensors.confusion` holds it, and why it
cannot be.  Does not: know what a declaration is worth (see `picture.evidence`).
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field, Strict

from bartizan.types import F64, N_CLASSES, ObjectClass

ClassName = Literal[
    "multirotor", "fixed_wing", "one_way_attack", "bird", "light_aircraft", "helicopter",
    "airliner", "ballistic", "balloon",
]  # fmt: skip
Declared = dict[ClassName, Annotated[float, Strict(), Field(ge=0, le=1, allow_inf_nan=False)]]
Confusion = dict[ClassName, Declared]
ROUNDING = 0.02  # shares given in whole percent need not sum to 1 exactly


def matrix(f: Confusion) -> F64:
    """P(declared row | it is column), columns sum to 1; NaN where the file says nothing."""
    out = np.full((N_CLASSES, N_CLASSES), np.nan)
    for true, said in f.items():
        column = np.zeros(N_CLASSES)
        for name, share in said.items():
            column[ObjectClass[name.upper()]] = share
        out[:, ObjectClass[true.upper()]] = column / max(column.sum(), 1e-9)
    return out


def wrong(f: Confusion) -> list[tuple[str, str, str]]:
    """What stops a matrix from being used: (class, found, expected)."""
    out: list[tuple[str, str, str]] = []
    for true, said in f.items():
        total = sum(said.values())
        if abs(total - 1.0) > ROUNDING:
            out.append((true, f"{total:g} in all", "expected shares of what it declares, 1 in all"))
    return out


def odd(f: Confusion) -> list[tuple[str, str, str]]:
    """What its author should look at again: (class, found, expected)."""
    out: list[tuple[str, str, str]] = []
    for true, said in f.items():
        own, other = said.get(true, 0.0), max(said, key=lambda name: said[name], default=true)
        if other != true and said[other] > own:
            found = f"{other} {said[other]:g}, itself {own:g}"
            out.append(
                (true, found, "expected its own name most often: given the wrong way round?")
            )
    return out
