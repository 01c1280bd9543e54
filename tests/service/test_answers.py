"""What a parent fusion node answers to our alerts stands in the journal."""

from __future__ import annotations

from pathlib import Path

from bartizan import replay
from bartizan.journal import Reader
from bartizan.outlets import OUTLETS, SapientUpParams
from bartizan.service import Source
from bartizan.types import Act, Mode
from outlets.sapient.test_upwards import Parent
from service.night import scans, setup
from service.test_watch import Running


def test_an_acknowledgement_is_recorded_under_the_parents_name(tmp_path: Path) -> None:
    parent = Parent()
    parent.start()
    params = SapientUpParams("127.0.0.1", parent.port, mode=Mode.EXERCISE)
    outlet = OUTLETS["sapient"](setup().site, Mode.EXERCISE, params)

    def acts() -> list[Act]:
        with Reader(tmp_path / "journal.db") as journal:
            return [r for r in journal.received() if isinstance(r, Act)]

    with Running(tmp_path) as r:
        r.service.listeners.append(outlet)
        r.service.add(Source("sim", r.feed(scans())))
        r.until(lambda: bool(acts()))
    outlet.close()
    parent.join(10.0)
    parent.server.close()
    first = acts()[0]
    assert first.who.startswith("SAPIENT parent ") and first.verb == "note"
    assert first.why == "alarm 1 accepted"
    replay.verify(tmp_path)
