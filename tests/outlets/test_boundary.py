"""Outlets tell; none of them can ask a device to do anything."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import bartizan.outlets

ROOM = Path(bartizan.outlets.__file__).parent
# Cursor on Target: t-... are tasks and their bookkeeping, b-... bits such as alerts, routes and
# targets, r-... replies, y-... acknowledgements.  One of them is built: delete from the map.
COT_WORD = re.compile(r"^[tbrcuy]-[a-z](-[a-z0-9]+)*$")
ALLOWED = {"t-x-d-d"}


def texts() -> list[tuple[Path, str]]:
    """Every text that stands in the code of the outlets."""
    return [
        (path, node.value)
        for path in ROOM.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def test_no_cursor_on_target_type_but_places_and_the_delete() -> None:
    found = {t for _, t in texts() if COT_WORD.match(t)}
    assert found == ALLOWED


def test_no_word_of_tasking_is_imported_or_called() -> None:
    """No SAPIENT task, no effector, no engagement, no order: by name, in any outlet."""
    forbidden = re.compile(
        r"(^|_)(task|engage|fire|effector|orders?($|_)|cue|jam|shoot)", re.IGNORECASE
    )
    for path in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names: list[str] = []
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [a.name for a in node.names]
            elif isinstance(node, ast.Attribute):
                names = [node.attr]
            elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                names = [node.name]
            for name in names:
                assert not forbidden.search(name), f"{path.name}: {name}"


def test_nothing_listens_for_orders() -> None:
    """No outlet opens a port or subscribes: what comes back is dropped."""
    for path in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                assert node.attr not in ("listen", "subscribe", "accept", "bind", "on_message"), (
                    path
                )
