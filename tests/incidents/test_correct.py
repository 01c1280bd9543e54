"""A drafted claim put right or turned down: what stands follows, the words and the audit stay."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path

import pytest

from bartizan.cli import main
from bartizan.errors import InputError
from bartizan.incidents.record import changes, rules
from bartizan.incidents.record.correct import correct, reject
from incidents.made import ARMY, NOW, POLICE, claim, drafted, paper, record, take

TEXT = "The army said three drones came. The police said two drones came."


def test_what_stands_follows_the_correction(tmp_path: Path) -> None:
    with record(tmp_path) as store:
        added = take(store, drafted(
            TEXT, claim(TEXT, "three drones", "vehicle.count", 3, paper("Daily Lamp"), ARMY),
            claim(TEXT, "two drones", "vehicle.count", 2, paper("Daily Lamp"), POLICE),
        ))  # fmt: skip
        a, b = added.claims
        (name,) = added.incidents.values()

        def stands() -> tuple[str, object, str]:
            s = next(s for s in rules.standings(store.case(name)) if s.field == "vehicle.count")
            return s.status.value, s.value, store.claim(a).quote

        assert stands()[0] == "disputed"
        correct(store, a, {"value": 2}, "the page was mended at noon", "ann", NOW)
        assert stands() == ("corroborated", 2, "three drones")
        assert store.claim(a).corrected == (
            f"ann: vehicle.count 3 on {name} is vehicle.count 2 on {name} "
            "(the page was mended at noon)",
        )
        reject(store, b, "of another base", "ben", NOW)
        assert stands()[0] == "single_source"
        assert [c.id for c in store.case(name).rejected] == [b]
        for call, word in (
            (lambda: correct(store, b, {"value": 4}, "x", "ann", NOW), "turned down"),
            (lambda: correct(store, a, {"value": 2}, "x", "ann", NOW), "says that already"),
            (lambda: correct(store, a, {"value": "2022"}, " ", "ann", NOW), "a reason"),
            (lambda: correct(store, a, {"quote": "x"}, "x", "ann", NOW), "field, value or incident"),
            (lambda: correct(store, a, {"incident": "I9"}, "x", "ann", NOW), "no such incident"),
            (lambda: correct(store, a, {"value": {"killed": 1}}, "x", "ann", NOW), "a count"),
            (lambda: correct(store, a, {"field": "event.date"}, "x", "ann", NOW), "2022-01-04"),
            (lambda: reject(store, a, "x", " ", NOW), "a person's name"),
            (lambda: changes.confirm(store, b, "x", "ann", NOW), "turned down"),
        ):  # fmt: skip
            with pytest.raises(InputError, match=word):
                call()
        changes.confirm(store, a, "counted them", "ann", NOW)
        with pytest.raises(InputError, match="ann has confirmed it"):
            correct(store, a, {"value": 3}, "x", "ben", NOW)
        kinds = [type(e.act).__name__ for e in store.audit()]
        assert kinds == ["Add", "Correct", "Reject", "Confirm"]
        assert store.verify() == 4


def test_by_command(tmp_path: Path) -> None:
    with record(tmp_path) as store:
        take(store, drafted(TEXT, claim(TEXT, "three drones", "vehicle.count", 3, ARMY),
                            claim(TEXT, "two drones", "vehicle.count", 2, POLICE)))  # fmt: skip

    def run(*words: str) -> tuple[int, dict]:
        out = io.StringIO()
        with contextlib.redirect_stdout(out), pytest.raises(SystemExit) as end:
            main(["incidents", *words, "--db", str(tmp_path / "incidents.db"), "--json"])
        last = out.getvalue().splitlines()
        return int(end.value.code or 0), json.loads(last[-1]) if last else {}

    code, said = run("correct", "C1", "--value", "2", "--incident", "-", "--why", "y", "--who", "a")
    assert (code, said["value"], said["incident"]) == (0, 2, "")
    assert run("reject", "C2", "--why", "other base", "--who", "a") == (0, {"rejected": "C2"})
    assert run("correct", "C2", "--value", "x", "--why", "y", "--who", "a")[0] == 2
    assert run("verify")[0] == 0
