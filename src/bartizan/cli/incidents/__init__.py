"""`bartizan incidents`: the incident record; a module each for reading, changing, writing out.

In: arguments.  Out: what the called part says.  Does not: decide anything about the domain.
"""

from __future__ import annotations

from bartizan.cli import say
from bartizan.cli.incidents import changing, reading, writing


def add(verbs: say.Verbs) -> None:
    """Adds the commands to the parser."""
    top = verbs.add_parser("incidents", help="the incident record: what happened, who says so")
    kinds = top.add_subparsers(required=True, metavar="WHAT")
    reading.add(kinds)
    changing.add(kinds)
    writing.add(kinds)
