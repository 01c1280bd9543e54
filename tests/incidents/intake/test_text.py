"""Bad input: each a clear answer, nothing guessed."""

from __future__ import annotations

import datetime
import io
import json
import sys
from pathlib import Path

import pytest

from bartizan.cli import main
from bartizan.incidents.intake.text import BOILERPLATE, MOST_BYTES, UNREAD, parse

TEXT = "Two drones attacked Balad air base on Monday, the army said.\n"
PAGE = """<!doctype html><html><head><title>Attack on Balad</title></head><body><nav>Home News</nav>
<article><h1>Attack on Balad</h1><p>Two drones attacked Balad air base on Monday, the army said in a long statement to the press.</p>
<p>The drones were shot down outside the walls of the base and nobody was hurt, the statement said, adding that an inquiry was open.</p>
</article><footer>Subscribe to our newsletter</footer></body></html>"""


def run(path: Path | str, capsys, *more: str, day: str = "2024-05-14") -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(["intake", str(path), "--published", day, *more])
    said = capsys.readouterr()
    return int(stop.value.code or 0), said.out, said.err


def written(folder: Path, data: bytes) -> Path:
    path = folder / "report.txt"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("data", "word"),
    [(b"", "empty"), (b" \n\n ", "empty"), (b"x " * MOST_BYTES, "at most"),
     ("drones caf\u00e9".encode("latin-1"), "not utf-8 at byte 10"), (b"drones\x00\x00", "zero bytes"),
     ("هاجمت".encode("windows-1256"), "not utf-8")],
    ids=["empty", "blank", "large", "latin-1", "zeros", "windows-1256"],
)  # fmt: skip
def test_what_cannot_be_a_report(data: bytes, word: str, tmp_path: Path, capsys) -> None:
    status, _, err = run(written(tmp_path, data), capsys)
    assert status == 2
    assert err.count("\n") == 1
    assert word in err


def test_fifty_megabytes_are_refused_unread(tmp_path: Path, capsys) -> None:
    status, _, err = run(written(tmp_path, b"two drones and " * 3_500_000), capsys)
    assert (status, "200,000 bytes" in err) == (2, True)


def test_no_such_file_or_encoding(tmp_path: Path, capsys) -> None:
    assert "No such file" in run(tmp_path / "none", capsys)[2]
    path = written(tmp_path, TEXT.encode())
    assert "no encoding" in run(path, capsys, "--encoding", "klingon")[2]


@pytest.mark.parametrize("day", ["yesterday", "2022-13-01", "04/01/2022", ""])
def test_a_day_that_is_none(day: str, tmp_path: Path, capsys) -> None:
    status, _, err = run(written(tmp_path, TEXT.encode()), capsys, day=day)
    assert (status, "expected a day as 2022-01-04" in err) == (2, True)


def test_a_day_in_the_future(tmp_path: Path, capsys) -> None:
    tomorrow = (datetime.date.today() + datetime.timedelta(days=2)).isoformat()
    status, _, err = run(written(tmp_path, TEXT.encode()), capsys, day=tomorrow)
    assert (status, "in the future" in err) == (2, True)


def test_arabic_gives_an_empty_draft_that_says_why(tmp_path: Path, capsys) -> None:
    text = "استهدفت طائرتان مسيرتان مفخختان قاعدة عين الأسد الجوية.\n"
    status, out, _ = run(written(tmp_path, text.encode()), capsys, "--json")
    draft = json.loads(out)
    assert status == 0
    assert draft["claims"] == []
    assert "not in Latin letters" in draft["document"]["notes"][0]
    assert draft["uncovered"]


def test_boilerplate_gives_an_empty_draft_that_says_why(tmp_path: Path, capsys) -> None:
    text = "Subscribe to our newsletter\n\nLeave a Reply\n\nAll rights reserved 2024\n"
    draft = json.loads(run(written(tmp_path, text.encode()), capsys, "--json")[1])
    assert draft["claims"] == []
    assert "boiler-plate" in draft["document"]["notes"][0]


def test_a_recipe_gives_an_empty_draft_that_says_why(tmp_path: Path, capsys) -> None:
    text = "Mix two eggs with 300 grams of flour. Bake for twenty minutes.\n"
    draft = json.loads(run(written(tmp_path, text.encode()), capsys, "--json")[1])
    assert (draft["claims"], draft["incidents"]) == ([], [])
    assert draft["document"]["notes"]


def test_standard_input_and_other_encodings(tmp_path: Path, capsys, monkeypatch) -> None:
    class Stdin:
        buffer = io.BytesIO(TEXT.encode())

    monkeypatch.setattr(sys, "stdin", Stdin())
    piped = json.loads(run("-", capsys, "--json")[1])
    wide = json.loads(run(written(tmp_path, TEXT.encode("utf-16")), capsys, "--json")[1])
    assert piped["claims"]
    assert piped["claims"] == wide["claims"]


def test_html_through_trafilatura(tmp_path: Path, capsys) -> None:
    pytest.importorskip("trafilatura")
    path = tmp_path / "page.html"
    path.write_text(PAGE)
    draft = json.loads(run(path, capsys, "--json")[1])
    fields = {c["field"]: c["value"] for c in draft["claims"]}
    assert fields["vehicle.count"] == 2
    assert fields["fall.location"] == "outside"
    path.write_text("<html><body><nav>Home</nav><footer>Subscribe</footer></body></html>")
    status, _, err = run(path, capsys)
    assert (status, "only boiler-plate" in err) == (2, True)


def test_for_a_person_it_prints_claims_and_what_is_left(tmp_path: Path, capsys) -> None:
    path = written(tmp_path, (TEXT + "Forty trucks left.\n").encode())
    _, out, _ = run(path, capsys)
    assert "vehicle.count = 2" in out
    assert "left over" in out
    assert out.rstrip().endswith("a person completes and confirms it.")


def test_sites_of_a_folder_are_known(tmp_path: Path, capsys) -> None:
    (tmp_path / "fort.yaml").write_text('name: fort-x\ntitle: Fort X\naliases: ["Kale Ridge"]\n')
    path = written(tmp_path, b"Two drones attacked Kale Ridge on Monday.\n")
    claims = json.loads(run(path, capsys, "--json", "--sites", str(tmp_path))[1])["claims"]
    assert [c["value"] for c in claims if c["field"] == "target.site"] == ["fort_x"]
    (tmp_path / "fort.yaml").write_text("- 3\n")
    assert "expected the site's name" in run(path, capsys, "--sites", str(tmp_path))[2]
    assert "expected a folder" in run(path, capsys, "--sites", str(path))[2]


def test_an_article_that_says_the_opposite_of_another(tmp_path: Path, capsys) -> None:
    first = "The army said two drones hit Balad air base on Monday.\n"
    second = "The army said three drones were shot down over Balad air base on Monday.\n"
    other = tmp_path / "first.json"
    other.write_text(run(written(tmp_path, first.encode()), capsys, "--json")[1])
    path = written(tmp_path, second.encode())
    rows = json.loads(run(path, capsys, "--json", "--beside", str(other))[1])["contradictions"]
    assert {r["field"] for r in rows} == {"vehicle.count", "outcome"}
    assert json.loads(run(path, capsys, "--json")[1])["contradictions"] == []
    other.write_text("[]")
    assert "expected a draft" in run(path, capsys, "--beside", str(other))[2]


def test_roles_and_abbreviations() -> None:
    page = parse(
        "Title here\n\nGen. Ali Hassan said at 3 p.m. that it was over. Two fell.\n\nRead more\n"
    )
    assert [s.text for s in page.sentences][1:3] == [
        "Gen. Ali Hassan said at 3 p.m. that it was over.",
        "Two fell.",
    ]
    assert page.sentences[-1].role == BOILERPLATE
    assert parse("drone " * 1000).sentences[0].role == UNREAD
