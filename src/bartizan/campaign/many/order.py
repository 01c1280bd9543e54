"""What a campaign is asked to play, and one raid of it by its number.

In: a setup, a raid, effectors, cells.  Out: the raid of a number, played.
Does not: know how many processes play, or keep anything.

Raid number k belongs to cell k mod c and has seed first_seed + k div c: every cell is played
with the same seeds (common random numbers), and a number says all there is to play it again.
"""

from __future__ import annotations

import gc
from typing import Final, NamedTuple

from bartizan.campaign.night import Night
from bartizan.campaign.play import Conduct, Played, play
from bartizan.errors import InputError
from bartizan.pipeline import Setup
from bartizan.sim.spec import Effector, Raid

MOST_DRONES: Final = 2000  # attackers of one raid; as many as a raid file may ask for


class Cell(NamedTuple):
    """One condition: attackers in the raid, single-shot probability (None: as the site says)."""

    attackers: int
    p_kill: float | None = None


class Order(NamedTuple):
    """A campaign's conditions: everything that decides a raid but its number."""

    setup: Setup
    raid: Raid
    effectors: tuple[Effector, ...]
    first_seed: int
    cells: tuple[Cell, ...]
    conduct: Conduct

    def cell(self, number: int) -> Cell:
        """The cell of a raid."""
        return self.cells[number % len(self.cells)]

    def seed(self, number: int) -> int:
        """The seed of a raid."""
        return self.first_seed + number // len(self.cells)

    def night(self, number: int) -> Night:
        """Raid `number` ready to be recorded; its folder is to be set."""
        from pathlib import Path

        cell = self.cell(number)
        raid, arms = sized(self.raid, cell.attackers), armed(self.effectors, cell.p_kill)
        return Night(self.setup, raid, arms, self.seed(number), Path(), self.conduct)


def attackers(raid: Raid) -> int:
    """How many attack."""
    return sum(g.count for g in raid.groups if g.hostile)


def sized(raid: Raid, size: int) -> Raid:
    """The raid with `size` attackers, its hostile groups in proportion (largest remainder)."""
    now = attackers(raid)
    if size == now:
        return raid
    hostile = [g for g in raid.groups if g.hostile]
    share = [size * g.count / now for g in hostile]
    count = [int(s) for s in share]
    rest = sorted(range(len(share)), key=lambda i: (count[i] - share[i], i))
    for i in rest[: size - sum(count)]:
        count[i] += 1
    new = iter(count)
    groups = [g._replace(count=next(new)) if g.hostile else g for g in raid.groups]
    return raid._replace(groups=tuple(g for g in groups if g.count > 0))


def armed(effectors: tuple[Effector, ...], p_kill: float | None) -> tuple[Effector, ...]:
    """The effectors with one single-shot probability for all, or as they are."""
    if p_kill is None:
        return effectors
    return tuple(e._replace(p_kill=p_kill) for e in effectors)


def check(order: Order, raids: int) -> None:
    """Raises InputError for what could not be played, before anything runs."""
    if attackers(order.raid) == 0:
        raise InputError(f"{order.raid.name}: groups: expected an attacker (hostile: true)")
    if raids < 1:
        raise InputError(f"--raids {raids}: expected 1 or more")
    for cell in order.cells:
        if not 1 <= cell.attackers <= MOST_DRONES:
            expected = f"expected 1 to {MOST_DRONES:,} attackers"
            raise InputError(f"--sizes {cell.attackers}: {expected}")
        if cell.p_kill is not None and not 0.0 <= cell.p_kill <= 1.0:
            raise InputError(f"--p-kill {cell.p_kill:g}: expected a probability")
    for e in order.effectors:
        if e.magazine < 1:
            expected = "expected a shot at least, or no such effector (--no-effectors)"
            raise InputError(f"effector {e.name}: magazine: {expected} (found {e.magazine})")
    if order.conduct.policy.salvo < 1:
        raise InputError(f"--salvo {order.conduct.policy.salvo}: expected 1 or more")


def play_one(order: Order, number: int) -> Played:
    """One raid, by its number alone: the same on any machine and in any order."""
    if not gc.get_freeze_count():
        gc.freeze()  # what the process had loaded is not searched for cycles again and again
    n = order.night(number)
    for frame in play(n.setup, n.raid, n.effectors, n.seed, conduct=n.conduct, words=False):
        if isinstance(frame, Played):
            return frame
    raise AssertionError("a raid always ends in a score")
