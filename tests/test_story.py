"""The story end to end: the night, the report on it, the claims beside the sensors' record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bartizan.cli import main


def test_the_story_holds_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["story", "--runs", str(tmp_path), "--json"])
    assert end.value.code == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["checked"]["agrees"] >= 8
    assert "contradicts" not in told["checked"]
    assert told["others"]  # the attack of the day before, in Baghdad
    assert "EXERCISE EXERCISE EXERCISE" in told["statement"]
    assert "Not stated by anybody" in told["statement"]
    likeness = told["likenesses"][0]
    assert likeness["kind"] == "same_campaign"
    assert likeness["p"] > 0.9
    page = Path(told["report"]).read_text(encoding="utf-8")
    assert page.count("<html") == 1
    assert "http://" not in page.replace("http://www.w3.org", "")
