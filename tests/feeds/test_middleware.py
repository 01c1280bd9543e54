"""SAPIENT as a middleware's client: many nodes over one line, silence noticed, the line remade."""

from __future__ import annotations

import queue
import socket
import threading
import time

import pytest

from bartizan.feeds.live import Health, Opening, Port, Status, find
from bartizan.feeds.live import sapient as live
from bartizan.feeds.live.sapient import SapientTcpParams
from bartizan.feeds.live.sockets import Address
from bartizan.feeds.reports import shifted
from bartizan.feeds.sapient import EdgeNode, SapientParams, framing, shim
from bartizan.types import Refused, Scan
from service.night import scans, setup

ROWS = (0, 4)


def test_two_nodes_behind_a_middleware(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "BACK_OFF_S", (0.1, 0.4))
    site = setup().site
    nodes = {row: EdgeNode(site, row, interval_s=0.4) for row in ROWS}
    named = tuple((n.node_id, site.sensor_names[row]) for row, n in nodes.items())
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(30.0)
    at = Address("127.0.0.1", int(server.getsockname()[1]))
    stop, told, items = threading.Event(), list[Status](), queue.Queue()
    params = SapientTcpParams(at, SapientParams(named, late_s=20.0), middleware=True)
    opening = Opening("m", site, params, Port(time.time_ns, stop, told.append))

    def listen() -> None:
        for item in find("sapient")(opening):
            items.put(item)

    def say(line: socket.socket, *messages: object) -> None:
        line.sendall(b"".join(framing.framed(m.SerializeToString()) for m in messages))

    def answer(line: socket.socket):
        data = line.recv(4)
        return shim.from_bytes(line.recv(int.from_bytes(data, "little"), socket.MSG_WAITALL))

    mine = {row: next(s for s in scans() if s.sensor == row and len(s.z)) for row in ROWS}
    thread = threading.Thread(target=listen)
    thread.start()
    try:
        for again in range(2):
            line, _ = server.accept()
            with line:
                line.settimeout(30.0)
                now = time.time_ns()
                stranger = EdgeNode(site, 3)
                say(line, nodes[4].status(now))  # before its registration: no answer
                for node in (*nodes.values(), stranger):
                    say(line, node.registration(now))
                    reply = answer(line)
                    assert reply.destination_id == node.node_id
                    assert reply.registration_ack.acceptance == (node is not stranger)
                for row in ROWS:
                    say(line, *nodes[row].scan(shifted(mine[row], now - mine[row].t_ns)))
                got: dict[int, Scan] = {}
                while set(got) != set(ROWS):
                    item = items.get(timeout=30.0)
                    if isinstance(item, Scan):
                        got[item.sensor] = item
                    else:
                        assert isinstance(item, Refused)
                        assert "before a registration" in item.why or "not declared" in item.why
                for row in ROWS:
                    assert len(got[row].z) == len(mine[row].z)
                    assert {o.partition("/")[0] for o in got[row].objects} == {nodes[row].node_id}
                quiet = site.sensor_names[0]
                while not again and not any(
                    t.sensor == quiet and t.health == Health.LOST and "status interval" in t.why
                    for t in told
                ):  # the other goes on
                    say(line, nodes[4].status(time.time_ns()))
                    time.sleep(0.1)
    finally:
        stop.set()
        thread.join(10.0)
        server.close()
    of = {row: [t.health for t in told if t.sensor == site.sensor_names[row]] for row in ROWS}
    for row in ROWS:  # heard, lost with its silence or the line, heard again
        assert of[row][:3] == [Health.FRESH, Health.LOST, Health.FRESH]
    assert "disconnected" in [t.why for t in told if t.sensor == site.sensor_names[4]]
