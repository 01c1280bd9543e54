"""YAML text to plain data, with the line of every field.

In: a file.  Out: its data and marks, or mistakes.  Does not: know what a site is.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from bartizan.errors import ConfigError, Mistake

LARGEST_BYTES = 4_000_000  # no site or raid file is as long: anything larger is another file

Place = tuple[str | int, ...]


class Document(NamedTuple):
    """A parsed file.  marks: line (from 1) of every key and item, by its path."""

    file: str
    data: Any
    marks: Mapping[Place, int]

    def line(self, place: Place) -> int:
        """The line of a field, or of the nearest one around it that is there."""
        while place and place not in self.marks:
            place = place[:-1]
        return self.marks.get(place, 1)


def dotted(place: Place) -> str:
    """A field's path as people write it: sensors[2].sd_m."""
    out = ""
    for part in place:
        out += f"[{part}]" if isinstance(part, int) else (f".{part}" if out else part)
    return out or "the file"


def read(path: Path) -> Document:
    """The file's data and marks.  Raises ConfigError with every mistake of its text."""
    name = str(path)
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise _one(name, 1, "too long", f"expected a file under {LARGEST_BYTES:,} bytes")
        text = path.read_bytes().decode("utf-8")
    except OSError as e:
        raise _one(name, 1, "", f"expected a file that can be read: {e.strerror}") from e
    except UnicodeDecodeError as e:
        line = e.object[: e.start].count(b"\n") + 1
        raise _one(name, line, f"byte 0x{e.object[e.start]:02x}", "expected UTF-8 text") from e
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as e:
        mark = e.problem_mark or e.context_mark
        line = mark.line + 1 if mark else 1
        raise _one(name, line, "", f"expected YAML: {e.problem or e.context}") from e
    except (yaml.YAMLError, RecursionError, ValueError) as e:
        raise _one(name, 1, "", f"expected YAML text: {str(e).splitlines()[0]}") from e
    if node is None:
        raise _one(name, 1, "nothing", "expected a mapping of fields")
    marks: dict[Place, int] = {}
    mistakes: list[Mistake] = []
    try:
        data = _plain(node, (), marks, mistakes, name, 0)
    except (yaml.YAMLError, ValueError, OverflowError) as e:
        raise _one(name, 1, "", f"expected YAML values: {str(e).splitlines()[0]}") from e
    if not isinstance(data, dict):
        mistakes.append(Mistake(name, 1, "the file", _kind(data), "expected a mapping of fields"))
    if mistakes:
        raise ConfigError(tuple(mistakes))
    return Document(name, data, marks)


def _one(file: str, line: int, found: str, expected: str) -> ConfigError:
    return ConfigError((Mistake(file, line, "the file", found, expected),))


def _kind(value: Any) -> str:
    return {list: "a list", dict: "a mapping", str: "text"}.get(type(value), repr(value))


def _plain(
    node: yaml.Node, at: Place, marks: dict[Place, int], mistakes: list[Mistake], file: str,
    depth: int,
) -> Any:  # fmt: skip
    """The node's value; anchors are refused, since a short file can unfold without end."""
    line = node.start_mark.line + 1
    marks.setdefault(at, line)
    if depth > 20:
        raise ValueError("nested deeper than 20")
    if isinstance(node, yaml.MappingNode):
        out: dict[str, Any] = {}
        for key_node, value in node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
            place = (*at, key)
            if key in out:
                mistakes.append(
                    Mistake(
                        file, key_node.start_mark.line + 1, dotted(place), "",
                        f"expected once; it stands on line {marks[place]} too",
                    )  # fmt: skip
                )
                continue
            marks[place] = key_node.start_mark.line + 1
            out[key] = _plain(value, place, marks, mistakes, file, depth + 1)
        return out
    if isinstance(node, yaml.SequenceNode):
        return [
            _plain(item, (*at, k), marks, mistakes, file, depth + 1)
            for k, item in enumerate(node.value)
        ]
    constructor = yaml.SafeLoader("")
    return constructor.construct_object(node)
