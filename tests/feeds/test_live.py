"""Live feeds one by one: framers, decoders, sockets that come back, health, JSON."""

from __future__ import annotations

import base64
import csv
import json
import lzma
import math
import socket
import threading
import time
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan.errors import InputError
from bartizan.feeds import FEEDS, AdsbParams
from bartizan.feeds.adsb.wire import Framer, Junk, Reported
from bartizan.feeds.live import LIVE, Health, Opening, Port, Status, find
from bartizan.feeds.live.adsb import AdsbTcpParams, Decoder
from bartizan.feeds.live.interface import Pulse
from bartizan.feeds.live.sockets import Address, address, bound, datagrams, is_loopback
from bartizan.feeds.remote_id import Joiner, RemoteIdParams
from bartizan.feeds.remote_id.air import Heard
from bartizan.feeds.remote_id.json import WrongJsonError, said_in
from bartizan.feeds.remote_id.messages import BasicId, Location, decode, pack
from bartizan.sensing import identity_key
from bartizan.types import Refused, Scan, SensorKind
from feeds.radars import site
from recordings import need

T_NS = 1_457_996_400 * 10**9
AIR = site(("ads-b",), SensorKind.ADSB)
PARAMS = AdsbTcpParams("ads-b", Address("127.0.0.1", 0))


def frames() -> list[tuple[int, str]]:
    with (need("adsb") / "sample_data_adsb.csv").open() as f:
        return [(round(float(r[0]) * 1e9), r[1].lower()) for r in csv.reader(f)]


def beast(frame: str) -> bytes:
    body = b"\0" * 6 + b"\x80" + bytes.fromhex(frame)
    return b"\x1a\x33" + body.replace(b"\x1a", b"\x1a\x1a")


@pytest.mark.parametrize("step", [1, 7, 4096])
def test_beast_in_pieces_of_any_size(step: int) -> None:
    mine = [f for _, f in frames()[:60]]
    data = b"\0junk" + b"".join(beast(f) for f in mine)
    framer, out = Framer("beast"), []
    for k in range(0, len(data), step):
        out += list(framer.feed(data[k : k + step]))
    assert [x for x in out if isinstance(x, str)] == mine
    assert b"".join(x.raw for x in out if isinstance(x, Junk)) == b"\0junk"


def test_avr_sbs_and_readsb() -> None:
    f = frames()[0][1]
    out = list(Framer("avr").feed(f"*{f};\r\n@0123456789ab{f};\n*1234;\nhello\n".encode()))
    assert out[:2] == [f, f] and isinstance(out[2], Junk) and len(out) == 3
    line = "MSG,3,1,1,4CA2D6,1,2016/03/14,23:00:00.000,2016/03/14,23:00:00.000,RYR1,36000,400,90,51.5,5.85,-64,,0,0,0,0\n"  # fmt: skip
    (r,) = Framer("sbs").feed(line.encode())
    assert isinstance(r, Reported) and r.icao == "4CA2D6" and r.barometric
    assert r.height_m == pytest.approx(10_972.8)
    assert r.velocity == pytest.approx((205.78, 0.0, -0.325), abs=0.01)
    plane = {"hex": "~4ca2d6", "lat": 51.5, "lon": 5.85, "alt_geom": 36_500, "alt_baro": "ground",
             "gs": 400.0, "track": 0.0, "flight": "RYR1  ", "seen_pos": 1.5}  # fmt: skip
    (r,) = Framer("json").feed(json.dumps(plane).encode() + b"\n")
    assert isinstance(r, Reported) and not r.barometric and r.age_s == 1.5
    assert r.height_m == pytest.approx(36_500 * 0.3048) and r.callsign == "RYR1"


def test_what_a_receiver_says_of_a_name_is_text() -> None:
    plane = {"hex": "4ca2d6", "lat": 51.5, "lon": 5.85, "alt_baro": 3000, "flight": "\x1b[2JRYR1"}
    said = list(Framer("json").feed(json.dumps(plane).encode() + b"\n"))
    (scan,) = Decoder(AIR, PARAMS, "x").take(T_NS, said)
    assert isinstance(scan, Scan) and scan.names[0][1] == "[2JRYR1 (4CA2D6)"


def test_a_stream_gives_the_positions_of_the_file() -> None:
    """The same 2,000 frames, decoded as they come and all at once from the file."""
    path = need("adsb") / "sample_data_adsb.csv"
    whole = [s for s in FEEDS["adsb"](path, AIR, AdsbParams("ads-b")) if isinstance(s, Scan)]
    decoder, out = Decoder(AIR, PARAMS, "x"), []
    for t_ns, frame in frames():
        out += list(decoder.take(t_ns, [frame]))
    scans = [s for s in out if isinstance(s, Scan)]
    assert set(Counter(r.why for r in out if isinstance(r, Refused))) <= {
        "repeated", "its position needs another frame, which has not come"}  # fmt: skip
    assert len(scans) > 0.98 * len(whole)
    # its times are whole seconds: the file's reading refuses some that the stream's does not
    where: dict[int, list[np.ndarray]] = {}
    for s in scans:
        where.setdefault(s.t_ns, []).append(s.z[0, :2])
    far = [min(np.linalg.norm(s.z[0, :2] - p) for p in where.get(s.t_ns, [np.full(2, 1e9)])) for s in whole]  # fmt: skip
    assert np.mean(np.array(far) < 1.0) > 0.97  # the rest wait for another frame
    assert scans[-1].names[0][1].endswith("(406B90)")


def test_wrong_parity_and_a_second_receivers_copy() -> None:
    (t_ns, f), decoder = frames()[0], Decoder(AIR, PARAMS, "x")
    bad = f[:-1] + ("0" if f[-1] != "0" else "1")
    assert [r.why for r in decoder.take(t_ns, [bad]) if isinstance(r, Refused)] == ["wrong parity"]
    decoder.take(t_ns, [f])
    assert [r.why for r in decoder.take(t_ns, [f, f]) if isinstance(r, Refused)][-1] == "repeated"


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.t_ns = T_NS

    def __call__(self) -> int:
        return self.t_ns


def hurried() -> int:
    """A minute passes in a second."""
    return T_NS + round(time.monotonic() * 60e9)


def opened(name: str, params: Any, told: list[Status], stop: threading.Event) -> Any:
    return find(name)(Opening("here", AIR, params, Port(hurried, stop, told.append)))


def test_a_receiver_that_goes_away_is_called_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from bartizan.feeds.live import sockets

    monkeypatch.setattr(sockets, "BACK_OFF_S", (0.05, 0.1))
    pos = [f for _, f in frames() if 9 <= int(f[8:10], 16) >> 3 <= 18][:20]
    server = socket.create_server(("127.0.0.1", 0))
    told: list[Status] = []
    stop = threading.Event()

    def serve() -> None:
        for _ in range(2):
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"".join(beast(f) for f in pos))

    threading.Thread(target=serve, daemon=True).start()
    params = PARAMS._replace(at=Address("127.0.0.1", server.getsockname()[1]))
    threading.Timer(2.0, stop.set).start()
    assert sum(isinstance(item, Scan) for item in opened("adsb_tcp", params, told, stop)) > 0
    server.close()
    told = [s for s in told if s.sensor]  # without those of the whole feed
    assert [s.health for s in told[:3]] == [Health.FRESH, Health.LOST, Health.FRESH]
    assert told[1].why == "closed by the other side" and told[1].scans > 0


def test_health_by_the_clock() -> None:
    told: list[Status] = []
    clock = Clock()
    pulse = Pulse(Opening("x", AIR, None, Port(clock, threading.Event(), told.append)), "s", 1.0)
    pulse.check()
    assert pulse.health == Health.WAITING and told == []
    pulse.alive()
    for seconds, health in ((2.9, Health.FRESH), (3.1, Health.STALE), (9.9, Health.STALE), (10.1, Health.LOST)):  # fmt: skip
        clock.t_ns = T_NS + round(seconds * 1e9)
        pulse.check()
        assert pulse.health == health
    pulse.alive()
    assert [s.health for s in told] == [Health.FRESH, Health.STALE, Health.LOST, Health.FRESH]


def test_multicast_reaches_a_member() -> None:
    group = Address("239.255.43.21", 0, "127.0.0.1")
    try:
        s = bound(group)
    except InputError as e:
        pytest.skip(f"no multicast on this machine: {e}")
    port = s.getsockname()[1]
    out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    out.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
    try:
        out.sendto(b"hello", (group.host, port))
    except OSError as e:
        pytest.skip(f"no multicast on this machine: {e}")
    stop = threading.Event()
    begun = time.monotonic()
    for item in datagrams(s, Port(Clock(), stop, lambda _: None)):
        if item is not None:
            assert item[1] == b"hello"
            stop.set()
        elif time.monotonic() - begun > 5.0:
            pytest.fail("the datagram did not come")
    out.close()


def test_addresses() -> None:
    assert address("127.0.0.1:8600") == Address("127.0.0.1", 8600)
    assert address("[::1]:1").host == "::1" and address(":5").host == "0.0.0.0"
    assert is_loopback("::1") and is_loopback("localhost") and not is_loopback("10.0.0.1")
    for text in ("host", "host:", "host:99999", "host:x"):
        with pytest.raises(InputError, match="expected host:port"):
            address(text)
    with pytest.raises(InputError, match="cannot listen"):
        bound(Address("192.0.2.1", 1))


def location() -> Location:
    n = math.nan
    return Location(2, 2, False, 1.0, 5.0, -1.0, 0.899, 0.1022, n, 120.0, n, n, n, n, n, -1, 0.0)


PACK = pack((BasicId(2, 1, 2, b"SERIAL"), location()))


@pytest.mark.parametrize(
    "raw",
    [
        json.dumps({"mac": "aa:bb", "payload": PACK.hex()}).encode(),
        json.dumps([{"mac": "aa:bb", "UASdata": base64.b64encode(PACK).decode()}]).encode(),
        lzma.compress(json.dumps({"mac": "aa:bb", "raw": PACK.hex()}).encode()),
        lzma.compress(json.dumps({"mac": "aa:bb", "raw": PACK.hex()}).encode(), lzma.FORMAT_ALONE),
    ],
)
def test_receivers_json_with_the_broadcast_bytes(raw: bytes) -> None:
    (one,) = said_in(raw)
    assert isinstance(one, Heard)
    assert one.sender == "aa:bb" and one.payload == PACK


def test_objects_glued_together_and_decoded_fields() -> None:
    a = {"MAC": "aa", "BasicID": {"UASID": "SERIAL", "IDType": 1, "UAType": 2},
         "Location": {"Latitude": 51.52, "Longitude": 5.86, "AltitudeGeo": 120.0,
                      "SpeedHorizontal": 5.0, "SpeedVertical": -1.5, "Direction": 90}}  # fmt: skip
    b = {"MAC": "bb", "latitude": 0.0, "longitude": 0.0, "uas_id": "OTHER"}
    one, two = (
        x for x in said_in((json.dumps(a) + json.dumps(b)).encode()) if isinstance(x, Heard)
    )
    rid = site(("rid",), SensorKind.REMOTE_ID)
    joiner = Joiner(rid, RemoteIdParams("rid"))
    (scan,) = joiner.hear(one, T_NS, "x")
    assert isinstance(scan, Scan) and scan.identity[0] == identity_key("SERIAL")
    assert scan.z[0, 3:] == pytest.approx([5.0, 0.0, -1.5], abs=0.01)
    (unknown,) = joiner.hear(two, T_NS, "x")
    assert isinstance(unknown, Refused) and "does not say where" in unknown.why


@pytest.mark.parametrize(
    ("raw", "why"),
    [(b"", "empty"), (b"{", "no JSON"), (b"[1]", "no JSON object"), (b'{"a": 1}', "no Remote ID"),
     (b'{"raw": "zz"}', "neither hexadecimal"), (b"\xfd7zXZ\0abc", "LZMA"),
     (json.dumps({"data": "00" * 920}).encode(), "nothing is valid")],
)  # fmt: skip
def test_wrong_json(raw: bytes, why: str) -> None:
    with pytest.raises(WrongJsonError, match=why):
        for one in said_in(raw):
            if isinstance(one, WrongJsonError):
                raise one


def test_one_wrong_object_does_not_cost_the_others() -> None:
    good = json.dumps({"mac": "aa:bb", "raw": PACK.hex()})
    one, status, two = said_in((good + '{"protocol": 1.0, "status": {}}' + good).encode())
    assert isinstance(one, Heard) and isinstance(two, Heard) and one == two
    assert isinstance(status, WrongJsonError)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8),
    lambda c: st.lists(c, max_size=3) | st.dictionaries(
        st.sampled_from(["lat", "longitude", "payload", "uas_id", "BasicID", "mac", "speed", "height"]), c, max_size=4),
    max_leaves=8).map(lambda v: json.dumps(v).encode())))  # fmt: skip
def test_any_json_is_said_or_wrong(raw: bytes) -> None:
    try:
        found = said_in(raw)
    except WrongJsonError:
        return
    joiner = Joiner(site(("rid",), SensorKind.REMOTE_ID), RemoteIdParams("rid"))
    for one in found:
        if isinstance(one, Heard):
            joiner.hear(one, T_NS, "x")


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["beast", "avr", "sbs", "json"]), st.lists(st.binary(max_size=80), max_size=6))  # fmt: skip
def test_any_stream_gives_frames_reports_or_junk(name: str, pieces: list[bytes]) -> None:
    framer, decoder = Framer(name), Decoder(AIR, PARAMS, "x")
    for k, piece in enumerate(pieces):
        list(decoder.take(T_NS + k, list(framer.feed(piece))))


def test_every_built_in_feed_is_there_and_others_are_named() -> None:
    for name in LIVE:
        assert callable(find(name))
    with pytest.raises(InputError, match="expected one of asterix_udp"):
        find("telepathy")


def test_decoded_packs_hold_what_was_packed() -> None:
    assert decode(PACK)[0] == BasicId(2, 1, 2, b"SERIAL")
