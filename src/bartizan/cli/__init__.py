"""The command line: parse, call, print.

In: arguments.  Out: what the called part says; exit status 0, 1 (a check or a comparison
failed) or 2 (bad input).  Does not: decide anything about the domain.  Each module has the
commands of one kind and adds them with `add(verbs)`; `say` is what they share.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from bartizan import __version__
from bartizan.cli import (
    campaign,
    coverage,
    evaluate,
    feeds,
    files,
    incidents,
    intake,
    outlets,
    plan,
    recurrence,
    replay,
    run,
    say,
    story,
    watch,
)
from bartizan.errors import BartizanError, ConfigError

COMMANDS = (
    story,
    run,
    watch,
    replay,
    evaluate,
    files,
    incidents,
    feeds,
    intake,
    recurrence,
    campaign,
    coverage,
    plan,
    outlets,
)


def main(argv: Sequence[str] | None = None) -> None:
    """Runs one command and leaves with its exit status."""
    args = _parser().parse_args(argv)
    try:
        status = args.call(args)
    except ConfigError as e:
        word = "mistake" if len(e.mistakes) == 1 else "mistakes"
        say.error(f"{len(e.mistakes)} {word}:\n{e}")
        status = 2
    except BartizanError as e:
        say.error(str(e))
        status = 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except OSError as e:  # a folder that cannot be made, a disk that is full
        say.error(f"{e.filename}: {e.strerror}" if e.filename else str(e))
        status = 2
    except KeyboardInterrupt:
        say.error("stopped")
        status = 130
    sys.exit(status)


def _parser() -> argparse.ArgumentParser:
    cli = argparse.ArgumentParser(prog="bartizan", description="The defence cell of a site.")
    cli.add_argument("--version", action="version", version=f"bartizan {__version__}")
    verbs = cli.add_subparsers(required=True, metavar="COMMAND")
    for module in COMMANDS:
        module.add(verbs)
    return cli
