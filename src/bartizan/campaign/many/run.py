"""Conducts a campaign: plays what is missing, keeps it, stops when the interval is narrow.

In: an order, a book, an engine.  Out: the number of raids that count; progress as it goes.
Does not: depend on how many workers play: whether to stop is asked of the raids in the order
of their numbers alone, every `BLOCK` seeds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from bartizan.campaign.many import engine
from bartizan.campaign.many.book import Book, Lost, Row
from bartizan.campaign.many.order import Order, play_one
from bartizan.campaign.seeds import interval

BLOCK: Final = 20  # seeds between two looks at the interval
LEAST: Final = 40  # no stop before so many seeds


class Progress(NamedTuple):
    """How a campaign stands: raids done of those asked; of its main cell the raids that leaked
    and the interval; the rate."""

    done: int
    asked: int
    leaked: int
    low: float
    high: float
    per_second: float


class _Count:
    """The raids in the order of their numbers, as far as they go without a gap."""

    def __init__(self, order: Order, book: Book, raids: int, width: float) -> None:
        self._c, self._book, self._width = len(order.cells), book, width
        self._main = order.cells.index(order.main())
        self.most = raids * self._c
        self._next = 0
        self._hits = [[0, 0] for _ in range(self._c)]  # raids, leaked by cell
        self.forward()

    def forward(self) -> None:
        """Takes in what has come; sets `most` where the interval has become narrow."""
        while self._next < self.most and (row := self._at(self._next)) is not None:
            if isinstance(row, Row):
                cell = self._hits[self._next % self._c]
                cell[0] += 1
                cell[1] += row.played.leakers > 0
            self._next += 1
            seeds, over = divmod(self._next, self._c)
            if self._width > 0.0 and not over and seeds >= LEAST and seeds % BLOCK == 0:
                if all(n and _wide(hits, n) <= self._width for n, hits in self._hits):
                    self.most = self._next

    def _at(self, number: int) -> Row | Lost | None:
        return self._book.rows.get(number) or self._book.lost.get(number)

    def told(self, begun_s: float, now_s: float, new: int) -> Progress:
        """The progress over all cells, the interval of the main one."""
        n, hits = self._hits[self._main]
        low, high = interval(hits, n) if n else (0.0, 1.0)
        done = sum(k < self.most for k in self._book.rows)
        return Progress(done, self.most, hits, low, high, new / max(now_s - begun_s, 1e-9))


def _wide(hits: int, n: int) -> float:
    low, high = interval(hits, n)
    return high - low


def conduct(
    order: Order, book: Book, raids: int, width: float = 0.0, engine_name: str = "pool",
    workers: int = 0, address: str = "", told: Callable[[Progress], None] | None = None,
) -> tuple[int, float]:  # fmt: skip
    """Plays raids until `raids` of each cell are in the book, or the interval is narrow.

    width: stop when every cell's 95 % interval of the leak probability is no wider; 0 never
    -> the number below which raids count, and the raids a second of this call
    """
    count = _Count(order, book, raids, width)
    begun, new = time.monotonic(), 0

    def wanted() -> Iterator[int]:
        number = 0
        while number < count.most:
            if number not in book.rows:
                yield number
            number += 1

    play = (
        engine.over_ray(play_one, order, wanted(), workers, address)
        if engine_name == "ray"
        else engine.pool(play_one, order, wanted(), workers)
    )
    for number, result in play:
        if isinstance(result, engine.Failed):
            book.add(Lost(number, order.seed(number), result.why))
        else:
            cell = order.cell(number)
            book.add(Row(number, cell.attackers, cell.p_kill, cell.policy, result))
            new += 1
        count.forward()
        if told:
            told(count.told(begun, time.monotonic(), new))
    return count.most, new / max(time.monotonic() - begun, 1e-9)
