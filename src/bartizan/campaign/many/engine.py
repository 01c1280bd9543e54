"""Engines: a function over many numbers, in processes here or over Ray elsewhere.

In: a function, its order, numbers.  Out: results as they come, each with its number.
Does not: decide the order of results (the book sorts), or stop for a worker that dies: what
it was playing is tried once more alone, and then told as lost.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any, NamedTuple, TypeVar

from bartizan.errors import InputError

_O = TypeVar("_O")
_R = TypeVar("_R")
AHEAD = 2  # jobs handed to each worker beyond the one it works on


class Failed(NamedTuple):
    """A number whose worker died, or whose work raised; why in words."""

    why: str


def here(
    function: Callable[[_O, int], _R], order: _O, numbers: Iterator[int]
) -> Iterator[tuple[int, _R | Failed]]:
    """In this process, one after another."""
    for number in numbers:
        try:
            result: _R | Failed = function(order, number)
        except Exception as e:  # whatever one raid does: told as lost, and the next goes on
            result = Failed(f"{type(e).__name__}: {e}")
        yield number, result


def pool(
    function: Callable[[_O, int], _R], order: _O, numbers: Iterator[int], workers: int = 0
) -> Iterator[tuple[int, _R | Failed]]:
    """In `workers` processes (0: as many as there are cores)."""
    workers = workers or os.cpu_count() or 1
    if workers == 1:
        yield from here(function, order, numbers)
        return
    again: list[int] = []
    more = True
    while more or again:
        alone = bool(again)
        size = 1 if alone else workers
        with ProcessPoolExecutor(size, get_context("spawn")) as executor:
            under_way: dict[Future[_R], int] = {}
            broken = False
            while not broken:
                while len(under_way) < (1 if alone else size + AHEAD):
                    number = again.pop(0) if alone and again else None
                    if number is None and not alone:
                        number = next(numbers, None)
                        more = number is not None
                    if number is None:
                        break
                    try:
                        under_way[executor.submit(function, order, number)] = number
                    except BrokenProcessPool:  # a worker died while the last result was kept
                        broken = True
                        again.append(number)
                        break
                if not under_way:
                    break
                done, _ = wait(under_way, return_when=FIRST_COMPLETED)
                for future in sorted(done, key=lambda f: under_way[f]):
                    number = under_way.pop(future)
                    try:
                        yield number, future.result()
                    except BrokenProcessPool:
                        broken = True
                        if alone:
                            yield number, Failed("its worker died")
                        else:
                            again.append(number)
                    except Exception as e:  # as `here`
                        yield number, Failed(f"{type(e).__name__}: {e}")
            if broken and not alone:
                again = sorted([*again, *under_way.values()])


def check(name: str) -> None:
    """Raises InputError when the engine is not installed."""
    if name == "ray" and importlib.util.find_spec("ray") is None:
        raise InputError("--engine ray: expected the extra: pip install 'bartizan[ray]'")


def _last(text: str) -> str:
    """The line of Ray's word that says what went wrong: a traceback's last, else the first."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if "Traceback" in text or "ray::" in text else lines[0]


def over_ray(
    function: Callable[[_O, int], _R], order: _O, numbers: Iterator[int], workers: int = 0,
    address: str = "",
) -> Iterator[tuple[int, _R | Failed]]:  # fmt: skip
    """Over a Ray cluster at `address`, or one of its own on this machine.

    Raises InputError when Ray is not installed or nobody answers.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing of a campaign is sent on
    check("ray")
    import ray  # an extra, and slow to import

    cluster: Any = ray
    where: dict[str, Any] = {"address": address} if address else {"num_cpus": workers or None}
    if not address:
        where["include_dashboard"] = False
    env = {k: os.environ[k] for k in ("PYTHONPATH", "XDG_CACHE_HOME") if k in os.environ}
    try:
        cluster.init(log_to_driver=False, logging_level="ERROR",
                     runtime_env={"env_vars": env}, **where)  # fmt: skip
    except ConnectionError as e:
        raise InputError(f"--ray-address {address}: expected a Ray cluster: {e}") from e
    try:
        task = cluster.remote(max_retries=1)(function)
        shared = cluster.put(order)
        slots = int(cluster.cluster_resources().get("CPU", 1)) + AHEAD
        under_way: dict[Any, int] = {}
        more = True
        while more or under_way:
            while more and len(under_way) < slots:
                number = next(numbers, None)
                more = number is not None
                if number is not None:
                    under_way[task.remote(shared, number)] = number
            if not under_way:
                break
            done, _ = cluster.wait(list(under_way), num_returns=1)
            number = under_way.pop(done[0])
            try:
                yield number, cluster.get(done[0])
            except cluster.exceptions.WorkerCrashedError:
                yield number, Failed("its worker died")
            except cluster.exceptions.RayError as e:
                yield number, Failed(_last(str(e)))
    finally:
        cluster.shutdown()
