"""Counter-based random streams: one a purpose, one a thing, none depends on another.

In: the seed and the purpose's words.  Out: generators, and decks of dice dealt by look.
Does not: keep a generator in a state: a die is a function of (seed, purpose, counter), so
that adding a bird changes neither the radar's noise nor what an effector rolls.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final, NamedTuple

import numpy as np

from bartizan.sensing.draw import Dice, roll_things
from bartizan.types import F64, I64

BLOCK: Final = 256  # looks or ticks dealt at a time


def stream(seed: int, *purpose: str | int) -> np.random.Generator:
    """The generator of one purpose: Philox keyed by seed and purpose (Salmon et al. 2011)."""
    words = "/".join(str(p) for p in (seed, *purpose))
    key = int.from_bytes(blake2b(words.encode(), digest_size=16).digest(), "little")
    return np.random.Generator(np.random.Philox(key=key))


class Deck(NamedTuple):
    """One sensor's dice for looks block * BLOCK and on.

    things (n, BLOCK, 12) as `Dice.things`   clutter (c, 6) of all looks, one after another
    first (BLOCK + 1,) where each look's clutter begins
    """

    block: int
    things: F64
    clutter: F64
    first: I64


def deck(seed: int, sensor: str, names: tuple[str, ...], clutter_mean: float, block: int) -> Deck:
    """The dice of one sensor for one block of looks, each thing's from its own stream."""
    things = [roll_things(stream(seed, "sensor", sensor, name, block), BLOCK) for name in names]
    rng = stream(seed, "clutter", sensor, block)
    count = rng.poisson(clutter_mean, BLOCK)
    first = np.concatenate(([0], np.cumsum(count))).astype(np.int64)
    stacked = np.stack(things) if things else np.zeros((0, BLOCK, 12))
    return Deck(block, stacked, rng.random((int(first[-1]), 6)), first)


def deal(cards: Deck, look: int, rows: I64) -> Dice:
    """The dice of look number `look` for the things in `rows`."""
    k = look % BLOCK
    return Dice(cards.things[rows, k], cards.clutter[cards.first[k] : cards.first[k + 1]])


def gusts(seed: int, names: tuple[str, ...], block: int) -> F64:
    """Standard normals (n, BLOCK, 2) that sway each thing, by tick of the world."""
    out = [stream(seed, "world", name, block).standard_normal((BLOCK, 2)) for name in names]
    return np.stack(out) if out else np.zeros((0, BLOCK, 2))
