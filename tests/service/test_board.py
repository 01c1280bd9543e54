"""The board is read by the screens' threads while the loop writes to it."""

from __future__ import annotations

import sys
import threading

from bartizan.pipeline import Flow
from bartizan.service.board import DOT_NS, Board
from bartizan.types import Mode
from service.night import scans, setup


def test_a_picture_can_be_taken_while_another_is_put_up() -> None:
    flow = Flow(setup())
    output = [o for o in map(flow.take, scans(20.0)) if o is not None][-1]
    assert len(output.tracks.label) > 2
    board = Board(setup().site, Mode.EXERCISE, None)
    board.see(output, output.t_ns, exercise=False)
    failed: list[Exception] = []
    done = threading.Event()

    def read() -> None:
        try:
            while not done.is_set():
                board.picture(output.t_ns)
        except Exception as e:
            failed.append(e)

    reader = threading.Thread(target=read)
    pause = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        reader.start()
        for k in range(1500):
            t_ns = output.t_ns + k * DOT_NS
            board.see(output._replace(t_ns=t_ns), t_ns, exercise=False)
    finally:
        sys.setswitchinterval(pause)
        done.set()
        reader.join()
    assert not failed
