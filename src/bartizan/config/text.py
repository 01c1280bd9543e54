"""YAML text to plain data, with the line of every field; a schema's complaints in words.

In: a file.  Out: its data and marks, or mistakes.  Does not: know what a site is.

Scalars are read by YAML 1.2's core rules, not by PyYAML's 1.1: there `1e-6` is text, `no`
is false, `1:30` is 90 and a date is a date, and each of them has hidden a mistake.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from bartizan.errors import ConfigError, Mistake

LARGEST_BYTES = 1_000_000  # no site or raid file is as long: anything larger is another file
DEEPEST = 20
MOST_FIELDS = 100_000  # after unfolding: aliases make a short file grow without end

Place = tuple[str | int, ...]

_INT = re.compile(r"[-+]?[0-9]{1,300}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: dict[str, object] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_ODD = re.compile(r"([-+]?)\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{t}"
    for t in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value", "map", "seq")
)

_LONGEST = 60
_TYPES = {
    "finite_number": "a finite number",
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "string_type": "text",
    "string_unicode": "text of whole characters",
    "string_too_short": "some text",
    "tuple_type": "a list",
    "list_type": "a list",
    "model_type": "fields (name: value)",
    "dict_type": "fields (name: value)",
    "timezone_aware": "a time with its offset from UTC, as 2022-01-04T05:10:00+03:00",
    "datetime_type": "a time with its offset from UTC, as 2022-01-04T05:10:00+03:00",
    "datetime_parsing": "a time with its offset from UTC, as 2022-01-04T05:10:00+03:00",
    "datetime_from_date_parsing": "a time with its offset from UTC, as 2022-01-04T05:10:00+03:00",
}
_LIMITS = {
    "greater_than": "more than {gt:,.10g}",
    "greater_than_equal": "at least {ge:,.10g}",
    "less_than": "less than {lt:,.10g}",
    "less_than_equal": "at most {le:,.10g}",
    "string_too_long": "at most {max_length} characters",
    "too_short": "at least {min_length}",
    "too_long": "at most {max_length}",
}


class Document(NamedTuple):
    """A parsed file.  marks: line (from 1) of every key and item, by its path.

    mistakes: what is wrong with the text although the rest of it can be read
    """

    file: str
    data: Any
    marks: Mapping[Place, int]
    mistakes: tuple[Mistake, ...] = ()

    def line(self, place: Place) -> int:
        """The line of a field, or of the nearest one around it that is there."""
        while place and place not in self.marks:
            place = place[:-1]
        return self.marks.get(place, 1)


def dotted(place: Place) -> str:
    """A field's path as people write it: sensors[2].sd_m."""
    out = ""
    for part in place:
        if isinstance(part, int):
            out += f"[{part}]"
        else:
            word = part if part.isprintable() and len(part) <= 60 else f"{part[:57]!r}..."
            out += f".{word}" if out else word
    return out or "the file"


def read(path: Path, top: tuple[type, ...] = (dict,)) -> Document:
    """The file's data and marks.  Raises ConfigError when nothing of it can be used.

    top: what the file may be, a mapping or a list
    """
    name = str(path).encode("utf-8", "backslashreplace").decode()
    node = _composed(name, _text(name, path))
    walk = _Walk(name, {}, [])
    data = _plain(node, (), walk)
    if not isinstance(data, top):
        raise _one(name, 1, _kind(data), "expected a mapping of fields")
    return Document(name, data, walk.marks, tuple(walk.mistakes))


def _text(name: str, path: Path) -> str:
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            found = "a folder" if stat.S_ISDIR(about.st_mode) else "a device or pipe"
            raise _one(name, 1, found, "expected a file")
        if about.st_size > LARGEST_BYTES:
            found = f"{about.st_size:,} bytes"
            raise _one(name, 1, found, f"expected a file of at most {LARGEST_BYTES:,} bytes")
        raw = path.read_bytes()
    except OSError as e:
        raise _one(name, 1, "", f"expected a file that can be read: {e.strerror}") from e
    except ValueError as e:  # a NUL or half a character in the name
        raise _one(name[:60], 1, "", "expected the name of a file") from e
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        line = raw[: e.start].count(b"\n") + 1
        raise _one(name, line, f"byte 0x{raw[e.start]:02x}", "expected UTF-8 text") from e


def _composed(name: str, text: str) -> yaml.Node:
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as e:
        mark = e.problem_mark or e.context_mark
        problem = ", ".join(str(part) for part in (e.context, e.problem) if part)
        if "'\\t'" in problem:
            problem = "spaces; it does not indent with tabs"
        raise _one(name, mark.line + 1 if mark else 1, "", f"expected YAML: {problem}") from e
    except yaml.reader.ReaderError as e:
        line = text[: int(e.position)].count("\n") + 1
        found = (
            f"character {ord(e.character) if isinstance(e.character, str) else e.character:#06x}"
        )
        raise _one(name, line, found, "expected YAML text without control characters") from e
    except RecursionError as e:
        raise _one(name, 1, "", f"expected at most {DEEPEST} levels") from e
    except (yaml.YAMLError, ValueError, OverflowError) as e:
        raise _one(name, 1, "", f"expected YAML: {str(e).splitlines()[0]}") from e
    if node is None:
        raise _one(name, 1, "nothing", "expected a mapping of fields")
    return node


def _one(file: str, line: int, found: str, expected: str) -> ConfigError:
    return ConfigError((Mistake(file, line, "the file", found, expected),))


def _kind(value: Any) -> str:
    if isinstance(value, list):
        return "a list"
    return "text" if isinstance(value, str) else repr(value)


class _Walk(NamedTuple):
    """What the way down a node tree gathers."""

    file: str
    marks: dict[Place, int]
    mistakes: list[Mistake]

    def add(self, line: int, place: Place, expected: str) -> None:
        """One mistake more."""
        self.mistakes.append(Mistake(self.file, line, dotted(place), "", expected))


def _plain(node: yaml.Node, at: Place, walk: _Walk) -> Any:
    """The node's value as dict, list, text, number, truth value or None."""
    line = node.start_mark.line + 1
    walk.marks.setdefault(at, line)
    if len(at) > DEEPEST:
        raise _one(walk.file, line, "", f"expected at most {DEEPEST} levels")
    if len(walk.marks) > MOST_FIELDS:
        raise _one(walk.file, line, "", f"expected at most {MOST_FIELDS:,} fields, with aliases")
    if node.tag not in _PLAIN_TAGS:
        walk.add(line, at, f"expected a value without the tag {node.tag[:40]!r}")
        return None
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, at, walk)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*at, k), walk) for k, item in enumerate(node.value)]
    plain = isinstance(node, yaml.ScalarNode) and node.style is None
    return _scalar(str(node.value), plain)


def _mapping(node: yaml.MappingNode, at: Place, walk: _Walk) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key_node, value in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            walk.add(line, at, "expected a name before the colon")
            continue
        key = key_node.value.encode("utf-8", "backslashreplace").decode()
        place = (*at, key)
        if key in out:
            walk.add(line, place, f"expected once; it stands on line {walk.marks[place]} too")
            continue
        walk.marks[place] = line
        out[key] = _plain(value, place, walk)
    return out


def _scalar(text: str, plain: bool) -> object:
    """The value of a scalar by YAML 1.2's core schema; quoted text stays text."""
    if not plain:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    odd = _ODD.fullmatch(text)
    return float(text.replace(".", "", 1)) if odd else text


def said(error: Mapping[str, Any], lost: Iterable[str]) -> tuple[str, str]:
    """Expected and found of one error.  lost: names of fields that are missing in the file."""
    kind, value = str(error["type"]), error["input"]
    if kind == "union_tag_invalid":
        value = error["ctx"]["tag"]
    return f"expected {_expected(error, kind, lost)}", _found(kind, value)


def _expected(error: Mapping[str, Any], kind: str, lost: Iterable[str]) -> str:
    ctx = error.get("ctx", {})
    if kind == "missing":
        inside = error["loc"] and isinstance(error["loc"][-1], int)
        return "one more value" if inside else "this field; it is missing"
    if kind == "extra_forbidden":
        near = get_close_matches(str(error["loc"][-1]), sorted(set(lost)), n=1)
        return "no such field here" + (f"; did you mean {near[0]}?" if near else "")
    if kind in _TYPES:
        return _TYPES[kind]
    if kind in _LIMITS:
        return _LIMITS[kind].format(**ctx)
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        tags = ctx.get("expected_tags", "")
        return f"one of {tags}" if tags else f"the field {ctx['discriminator']}"
    if kind == "string_pattern_mismatch":
        form = str(ctx["pattern"])
        return "text without control characters" if "x00" in form else f"text of the form {form}"
    message = str(error["msg"]).replace("Value error, ", "").replace("Input should be ", "")
    return message.removeprefix("expected ")


def _found(kind: str, value: Any) -> str:
    if kind == "missing":
        return ""
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return "fields" if value else "no fields"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
