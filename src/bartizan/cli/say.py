"""What the commands share: options of the same name, where they speak, the compiling.

In: arguments.  Out: text.  Does not: decide anything about the domain.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from bartizan import jit

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]


def error(text: str) -> None:
    """One line on standard error."""
    print(f"bartizan: {text}", file=sys.stderr)


def json_option(verb: argparse.ArgumentParser) -> None:
    """Adds --json."""
    verb.add_argument("--json", action="store_true", help="one JSON object, last on stdout")


def workers_option(verb: argparse.ArgumentParser, what: str = "processes") -> None:
    """Adds --workers."""
    verb.add_argument("--workers", type=_workers, default=0, help=f"{what} (0: all cores)")


def _workers(text: str) -> int:
    n = int(text)
    if n < 0:
        raise argparse.ArgumentTypeError(f"{text}: expected 0 or more")
    return n


def runs_option(verb: argparse.ArgumentParser) -> None:
    """Adds --runs."""
    verb.add_argument("--runs", type=Path, default=Path("runs"), help="folder for run folders")


def console(args: argparse.Namespace) -> Console:
    """Where a person reads; with --json that is standard error."""
    return Console(stderr=bool(getattr(args, "json", False)))


def warm(console: Console, site: Any) -> None:
    """Compiles the kernels, saying so where that takes time."""
    from bartizan import pipeline

    if jit.is_warm():
        return
    start = time.process_time()
    with console.status("Compiling kernels, once for this version (half a minute of CPU or so)..."):
        pipeline.warm(site)
    console.print(f"Compiled kernels in {time.process_time() - start:.1f} s of CPU.")
