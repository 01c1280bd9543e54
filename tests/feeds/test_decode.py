"""`bartizan decode` over every kind of recording."""

from __future__ import annotations

import json

import pytest

from bartizan.cli import main
from recordings import need


def run(capsys: pytest.CaptureFixture[str], *args: str) -> dict:
    with pytest.raises(SystemExit) as end:
        main(["decode", *args, "--json"])
    assert end.value.code == 0
    return json.loads(capsys.readouterr().out.splitlines()[-1])


@pytest.mark.parametrize(
    ("kind", "name", "messages"),
    [
        ("asterix", "asterix/cat_034_048.pcap", {"category 034": 34, "category 048": 128}),
        ("asterix", "asterix/argentina_260429.pcap", {"category 034": 16_366, "category 048": 3541}),
        ("asterix", "asterix/cat_001_002.pcap", {"category 001": 7, "category 002": 1}),
        ("asterix", "asterix/cat_062_065.pcap", {"category 062": 2, "category 065": 1}),
        ("asterix", "asterix/cat21_re.ast", {"category 021": 2}),
        ("adsb", "adsb/sample_data_adsb.csv",
         {"DF17, register 05": 937, "DF17, register 08": 98, "DF17, register 09": 965}),
        ("adsb", "adsb/sample_data_commb_df20.csv", {"DF20": 5000}),
        ("remote_id", "remote_id/odid_wifi_sample.pcap",
         {"location": 31, "self_id": 4, "system": 4, "operator_id": 3}),
        ("courageous", "courageous/test_data.json",
         {"detection": 1, "detection record, BearingElevation": 12, "track": 4,
          "track record, BearingElevation": 215}),
    ],
)  # fmt: skip
def test_counts(capsys: pytest.CaptureFixture[str], kind: str, name: str, messages: dict) -> None:
    found = run(capsys, kind, str(need(name)))
    assert found["messages"] == messages
    assert found["refused"] == {}
    assert found["total"] == sum(messages.values())


def test_an_edition_is_a_setting(capsys: pytest.CaptureFixture[str]) -> None:
    path = str(need("asterix/asterix.pcap"))
    assert run(capsys, "asterix", path, "--edition", "062=0.17")["messages"] == {
        "category 062": 100
    }
    with pytest.raises(SystemExit) as end:
        main(["decode", "asterix", path])
    assert end.value.code == 2
    assert "category 062 does not read as edition 1.18" in capsys.readouterr().err


def test_refusals_are_counted_by_reason(capsys: pytest.CaptureFixture[str]) -> None:
    found = run(capsys, "adsb", str(need("adsb/noisy_spoofing.json.gz")))
    assert found["refused"] == {"no finite time and position": 11}
    assert len(found["shown"]) == 11


@pytest.mark.parametrize(
    ("args", "words"),
    [(["asterix", "nowhere.pcap"], "cannot be read"), (["morse", "x"], "expected one of asterix"),
     (["asterix", "x", "--edition", "62"], "expected such as 062=0.17"),
     (["asterix", "x", "--edition", "999=1.0"], "category '999'")],
)  # fmt: skip
def test_bad_input_is_one_line(capsys: pytest.CaptureFixture[str], args: list[str], words: str) -> None:  # fmt: skip
    with pytest.raises(SystemExit) as end:
        main(["decode", *args])
    assert end.value.code == 2
    err = capsys.readouterr().err
    assert words in err and len(err.splitlines()) == 1


def test_recordings_of_tables_are_counted_by_sensor(capsys: pytest.CaptureFixture[str]) -> None:
    """What the cameras see is counted apart from the feed."""
    folder = need("tie20/parrot_a")
    found = run(capsys, "tie20", str(folder))
    assert set(found["messages"]) == {"detection of alvira", "detection of diana"}
    assert found["refused"] == {"repeated": found["set_aside"]}
    cameras = need("multicam/1")
    seen = {
        f"detection of cam{k}": sum(
            line[:1].isdigit() and float(line.split()[1]) > 0.0
            for line in (cameras / f"cam{k}.txt").read_text().splitlines()
        )
        for k in range(4)
    }
    assert run(capsys, "multicam", str(cameras))["messages"] == seen
    with pytest.raises(SystemExit) as end:
        main(["decode", "multicam", str(folder)])
    assert end.value.code == 2 and "expected one of multicam" in capsys.readouterr().err
