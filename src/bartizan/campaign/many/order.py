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
from bartizan.sim.spec import P_KILL, Effector, Raid

MOST_DRONES: Final = 2000  # attackers of one raid; as many as a raid file may ask for


class Cell(NamedTuple):
    """One condition: attackers in the raid, single-shot probability (None: as the site says).

    policy: how effectors choose, "" as the order's conduct says   unsaid: p_kill is for those
    effectors alone of which the site says nothing
    """

    attackers: int
    p_kill: float | None = None
    policy: str = ""
    unsaid: bool = False


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

        cell, conduct = self.cell(number), self.conduct
        if cell.policy:
            conduct = conduct._replace(policy=conduct.policy._replace(assignment=cell.policy))
        raid, arms = sized(self.raid, cell.attackers), armed(self.effectors, cell)
        return Night(self.setup, raid, arms, self.seed(number), Path(), conduct)

    def policy(self, cell: Cell) -> str:
        """How effectors choose in a cell."""
        return cell.policy or self.conduct.policy.assignment

    def main(self) -> Cell:
        """The cell that speaks for the campaign: the raid's own size, the probability as the
        site says or P_KILL, where they are among those played; else the first."""
        own = attackers(self.raid)
        return min(
            self.cells, key=lambda c: (c.attackers != own, c.p_kill is not None and c.p_kill != P_KILL)
        )  # fmt: skip


def attackers(raid: Raid) -> int:
    """How many attack; decoys do not."""
    return sum(g.count for g in raid.groups if g.hostile and not g.decoy)


def sized(raid: Raid, size: int) -> Raid:
    """The raid with `size` attackers, its groups in proportion (largest remainder); decoys too."""
    now = attackers(raid)
    if size == now:
        return raid
    real = [k for k, g in enumerate(raid.groups) if g.hostile and not g.decoy]
    share = [size * raid.groups[k].count / now for k in real]
    count = [int(s) for s in share]
    rest = sorted(range(len(share)), key=lambda i: (count[i] - share[i], i))
    for i in rest[: size - sum(count)]:
        count[i] += 1
    new = {k: round(size * g.count / now) for k, g in enumerate(raid.groups) if g.decoy}
    new |= dict(zip(real, count, strict=True))
    out = [g._replace(count=new.get(k, g.count)) for k, g in enumerate(raid.groups)]
    return raid._replace(groups=tuple(g for g in out if g.count > 0))


def armed(effectors: tuple[Effector, ...], cell: Cell) -> tuple[Effector, ...]:
    """The effectors with a cell's single-shot probability: all, or those that have none."""
    p = cell.p_kill
    if p is None:
        return effectors
    return tuple(e if cell.unsaid and e.said else e._replace(p_kill=p) for e in effectors)


def check(order: Order, raids: int) -> None:
    """Raises InputError for what could not be played, before anything runs."""
    if attackers(order.raid) == 0:
        raise InputError(
            f"{order.raid.name}: groups: expected an attacker (hostile: true, no decoy)"
        )
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
    if len(set(order.cells)) < len(order.cells):
        raise InputError("--sizes, --p-kill: expected each number once")
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
