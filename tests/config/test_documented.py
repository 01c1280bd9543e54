"""Every key of every file has its line in docs/config.md, and no line there is of no key."""

from __future__ import annotations

import re
import typing
from pathlib import Path

import pytest
from pydantic import BaseModel

from bartizan import config
from bartizan.config.history import HistoryFile
from bartizan.config.nuisance import NuisanceFile
from bartizan.config.raid import RaidFile
from bartizan.config.site import SiteFile
from bartizan.config.source import SourceFile

DOCS = Path(__file__).parents[2] / "docs" / "config.md"
FILES: dict[str, type[BaseModel]] = {
    "site": SiteFile, "raid": RaidFile, "source": SourceFile, "history": HistoryFile,
    "nuisances": NuisanceFile,
}  # fmt: skip


def _parts(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """The model and all that its fields hold, by name."""
    out = {model.__name__: model}
    for field in model.model_fields.values():
        todo: list[object] = [field.annotation]
        while todo:
            a = todo.pop()
            if isinstance(a, type) and issubclass(a, BaseModel):
                out |= _parts(a)
            todo += typing.get_args(a)
    return out


ALL = {name: part for model in FILES.values() for name, part in _parts(model).items()}
SECTIONS = {
    m[1]: re.findall(r"^\| `(\w+)` \| ([^|]*) \|", body, re.M)
    for heading, body in re.findall(r"^### (.*)\n((?:(?!^#).*\n)*)", DOCS.read_text(), re.M)
    if (m := re.search(r"\((\w+)\)$", heading))
}


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_key_has_a_line_and_every_line_a_key(name: str) -> None:
    assert [key for key, _ in SECTIONS[name]] == list(ALL[name].model_fields)


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_line_says_needed_where_the_key_is(name: str) -> None:
    for key, default in SECTIONS[name]:
        needed = ALL[name].model_fields[key].is_required()
        assert (default == "needed") == needed, f"{name}.{key}: {default!r}"
        value = ALL[name].model_fields[key].default
        if not needed and isinstance(value, float) and not isinstance(value, bool):
            assert float(default) == value, f"{name}.{key}"


def test_no_section_is_of_nothing() -> None:
    assert set(SECTIONS) == set(ALL)


@pytest.mark.parametrize("kind", sorted(FILES))
def test_the_json_schema_names_the_same_keys_and_no_others(kind: str) -> None:
    schema = config.schema(kind)
    parts = {schema["title"]: schema} | schema.get("$defs", {})
    assert set(parts) == set(_parts(FILES[kind]))
    for name, part in parts.items():
        assert list(part["properties"]) == list(ALL[name].model_fields)
        assert part["additionalProperties"] is False
