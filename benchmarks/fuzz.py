"""Coverage-guided fuzzing of every decoder: nothing but our own error may come out.

    python benchmarks/fuzz.py asterix --bytes 10000000      # with atheris installed
    python benchmarks/fuzz.py asterix --plain 1000000        # without: mutated bytes

`atheris` is no dependency of bartizan: install it in an environment of its own.  With --bytes it
ends, and says so, when so many bytes went in; other words go to atheris (-runs=, -seed=).
"""

from __future__ import annotations

import contextlib
import os
import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bartizan.errors import BartizanError

Target = Callable[[bytes], None]
NOW_NS = 1_700_000_000 * 10**9


def asterix() -> tuple[Target, list[bytes]]:
    """Records there and back, and datagrams all the way to scans."""
    from bartizan.config import load_site
    from bartizan.feeds.asterix import AsterixParams, blocks, scans
    from bartizan.feeds.asterix.codec import decode, encode
    from bartizan.feeds.asterix.layout import CATEGORIES, DEFAULTS, layout
    from bartizan.feeds.asterix.records import read

    site = load_site("ain-al-asad").site
    params = AsterixParams(((25, 201, "search radar"), (25, 202, "ads-b receiver")))
    specs = {int(c): layout(c, DEFAULTS[c]) for c in CATEGORIES}
    plot = bytes.fromhex(
        "300030fdf70219c9356d4da0c5aff1e0020005283c660c10c236d4182001c0780031bc0000400deb07b9582e"
        "410020f5"
    )

    def run(data: bytes) -> None:
        spec = specs.get(data[0] if data else 0)
        whole = data[:1] + (len(data) & 0xFFFF).to_bytes(2, "big") + data[3:]
        parts = blocks.split(blocks.Payload(whole, NOW_NS, -1.0, "x"))
        for _ in scans(read(parts, "x", params.editions), site, params, "x"):
            pass
        if spec is not None:
            encode(decode(whole, spec), spec)

    alike = (bytes([c, 0, 0, 0xFF, 0xFF, 0xFE, 25, 201]) + bytes(60) for c in specs)
    return run, [plot, *alike]


def captures() -> tuple[Target, list[bytes]]:
    """Pcap and pcapng files with frames of every link type that is read."""
    import struct

    from bartizan.feeds.captures import Captured, packets
    from bartizan.feeds.remote_id.air import heard

    def run(data: bytes) -> None:
        for p in packets(data):
            if isinstance(p, Captured):
                heard(p.data, p.link)

    frame = bytes(14) + b"\x45" + bytes(40)
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, 105)
    one = struct.pack("<IIII", 1, 2, len(frame), len(frame)) + frame
    section = struct.pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28)
    link = struct.pack("<IIHHII", 1, 20, 127, 0, 0, 20)
    body = struct.pack("<IIIII", 0, 0, 1, 56, 56) + frame + b"\0"
    packet = struct.pack("<II", 6, 12 + len(body)) + body + struct.pack("<I", 12 + len(body))
    return run, [head + one * 3, section + link + packet]


def remote_id() -> tuple[Target, list[bytes]]:
    from bartizan.feeds.emit.remote_id import beacon
    from bartizan.feeds.remote_id.air import heard
    from bartizan.feeds.remote_id.json import said_in
    from bartizan.feeds.remote_id.messages import BasicId, Text, decode, encode, pack
    from bartizan.feeds.remote_id.structure import messages

    good = pack((BasicId(2, 1, 2, b"SERIAL"), Text(2, "self_id", 0, b"EXERCISE")))

    def run(data: bytes) -> None:
        for link in (105, 127, 251, 272):
            said = heard(data, link)
            if said is not None:
                for m in decode(said.payload):
                    encode(m)
        if data[:1] in b"{[\xfd\x5d":
            said_in(data)
        else:
            whole = data[:920].ljust(920, b"\0")
            pack(messages(whole))

    valid = bytearray(920)
    valid[892:914] = b"\1" * 22
    said = b'{"mac": "a", "payload": "' + good.hex().encode() + b'"}'
    return run, [beacon(b"\2abcde", 1, good), said, bytes(valid)]


def mavlink() -> tuple[Target, list[bytes]]:
    """Frames; every second input gets its checksum made right, else few would be read."""
    from bartizan.feeds.mavlink import Heard, dialect, said_in
    from bartizan.feeds.remote_id.messages import decode

    common = dialect()
    link, kinds = common.MAVLink(None), [246, *range(12900, 12906), 12915]

    def run(data: bytes) -> None:
        frame = data
        if len(data) > 2 and data[0] & 1:
            kind = common.mavlink_map[kinds[data[1] % len(kinds)]]
            body = data[2:][: kind.unpacker.size].ljust(kind.unpacker.size, b"\0")
            head = bytes([0xFD, len(body), 0, 0, 0, 7, 1]) + kind.id.to_bytes(3, "little")
            crc = common.x25crc(head[1:] + body)
            crc.accumulate(bytes([kind.crc_extra]))
            frame = head + body + crc.crc.to_bytes(2, "little")
        for item in said_in(frame, "x"):
            if isinstance(item, Heard):
                with contextlib.suppress(BartizanError):
                    decode(item.payload)

    good = common.MAVLink_open_drone_id_self_id_message(0, 0, [0] * 20, 0, b"x").pack(link)
    return run, [bytes(good), *(bytes([1, k]) + bytes(60) for k in range(len(kinds)))]


def adsb() -> tuple[Target, list[bytes]]:
    """Streams of a receiver, all the way to scans."""
    from bartizan.config import load_site
    from bartizan.feeds.adsb.wire import FORMATS, Framer
    from bartizan.feeds.live.adsb import AdsbTcpParams, Decoder
    from bartizan.feeds.live.sockets import Address

    site, params = load_site("ain-al-asad").site, AdsbTcpParams("ads-b receiver", Address("", 0))
    frame = "8d406b9058b975870b738754f480"

    def run(data: bytes) -> None:
        for name in FORMATS:
            list(Decoder(site, params, "x").take(NOW_NS, list(Framer(name).feed(data))))

    beast = b"\x1a\x33" + bytes(7) + bytes.fromhex(frame)
    sbs = b"MSG,3,1,1,4CA2D6,1,,,,,RYR1,36000,400,90,51.5,5.85,-64,,0,0,0,0\n"
    return run, [beast, f"*{frame};\n".encode(), sbs, b'{"hex":"4ca2d6","lat":51.5,"lon":5.8}\n']


def sapient() -> tuple[Target, list[bytes]]:
    """Messages of a registered node."""
    from bartizan.config import load_site
    from bartizan.feeds.sapient import FusionNode, Peer, SapientParams, ids, mistakes, shim

    site = load_site("ain-al-asad").site
    known = SapientParams(((ids.uuid("x"), "search radar"),), late_s=1e9, early_s=1e9, looks=True)
    node = FusionNode(site, known)

    m = shim.new()
    m.node_id, m.timestamp.seconds = ids.uuid("x"), 1_700_000_000
    d = m.detection_report
    d.report_id = d.object_id = ids.ulid(1_700_000_000 * 10**9, "x")
    d.range_bearing.azimuth, d.range_bearing.coordinate_system, d.range_bearing.datum = 1.0, 2, 1

    def run(data: bytes) -> None:
        peer = Peer("x", ids.uuid("x"), 0, 1.0, ("range_bearing", 2))
        node.receive(peer, data, NOW_NS)
        node.flush(peer)
        mistakes(shim.from_bytes(data))

    return run, [m.SerializeToString()]


CAP = b"""<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>a.1</identifier>
<sender>a@b</sender><sent>2022-01-04T02:10:00+00:00</sent><status>Exercise</status>
<msgType>Update</msgType><scope>Restricted</scope><restriction>people</restriction>
<references>a@b,a.0,2022-01-04T02:09:00+00:00</references><info><category>Safety</category>
<event>x</event><urgency>Immediate</urgency><severity>Extreme</severity><certainty>Likely</certainty>
<expires>2022-01-04T03:10:00+00:00</expires><area><areaDesc>wall</areaDesc>
<polygon>33.1,42.1 33.2,42.1 33.2,42.2 33.1,42.1</polygon><circle>33.1,42.1 2.5</circle>
<geocode><valueName>n</valueName><value>v</value></geocode></area></info></alert>"""


def cap() -> tuple[Target, list[bytes]]:
    from bartizan.outlets.cap import Alert, read

    assert isinstance(read(CAP), Alert)

    def run(data: bytes) -> None:
        read(data)

    return run, [CAP, b'<?xml version="1.0" encoding="utf-16"?><alert/>'.decode().encode("utf-16")]


TRIAL = b"""{"version": "0.4.1", "system_name": "x", "vendor_name": "y",
"static_cuas_location": {"lat": 51.5, "lon": 5.8, "height_amsl": 30.0}, "tracks": [], "detection": [
{"uas_id": 1, "records": [{"alarm": {"active": true, "certainty": 1}, "classification": "Unknown",
"location": {"$type": "BearingElevation", "bearing": 243.5, "elevation": 2.6}, "record_number": 1,
"time": 1700000000000}]}]}"""


def courageous() -> tuple[Target, list[bytes]]:
    """Trial logs."""
    from bartizan.feeds.courageous import plain, read

    path = Path(tempfile.mkdtemp()) / "log.json"
    path.write_bytes(TRIAL)
    assert read(path).detection

    def run(data: bytes) -> None:
        path.write_bytes(data)
        plain(read(path))

    return run, [TRIAL]


TARGETS = {
    "asterix": asterix, "captures": captures, "remote_id": remote_id, "mavlink": mavlink,
    "adsb": adsb, "sapient": sapient, "cap": cap, "courageous": courageous,
}  # fmt: skip


def plain(run: Target, seeds: list[bytes], total: int, seed: int = 1) -> tuple[int, int]:
    """Bytes and cases tried by mutation of the seeds, without guidance by coverage."""
    dice = random.Random(seed)
    tried = cases = 0
    while tried < total:
        data = bytearray(dice.choice(seeds))
        for _ in range(dice.randint(1, 8)):
            k = dice.randrange(len(data) or 1)
            if data and dice.random() < 0.7:
                data[k % len(data)] = dice.randrange(256)
            elif data and dice.random() < 0.5:
                del data[k : k + dice.randint(1, 8)]
            else:
                data[k:k] = dice.randbytes(dice.randint(1, 8))
        tried, cases = tried + len(data), cases + 1
        with contextlib.suppress(BartizanError):
            run(bytes(data))
    return tried, cases


def main() -> None:
    """The target named first; the rest goes to atheris."""
    if "--plain" in sys.argv:
        run, seeds = TARGETS[sys.argv[1]]()
        tried, cases = plain(run, seeds, int(sys.argv[sys.argv.index("--plain") + 1]))
        print(f"{sys.argv[1]}: {tried:,} bytes in {cases:,} cases, nothing but our own error")
        return
    import atheris

    with atheris.instrument_imports(include=["bartizan"]):
        run, seeds = TARGETS[sys.argv[1]]()

    words = sys.argv[2:]
    limit = int(words.pop(words.index("--bytes") + 1)) if "--bytes" in words else 0
    words = [w for w in words if w != "--bytes"]
    tried = cases = 0

    def one(data: bytes) -> None:
        nonlocal tried, cases
        tried, cases = tried + len(data), cases + 1
        with contextlib.suppress(BartizanError):
            run(data)
        if limit and tried >= limit:
            print(f"{sys.argv[1]}: {tried:,} bytes in {cases:,} cases, guided by coverage: "
                  "nothing but our own error", flush=True)  # fmt: skip
            os._exit(0)  # libFuzzer has no other way to end

    with tempfile.TemporaryDirectory() as corpus:
        for k, seed in enumerate(seeds):
            (Path(corpus) / str(k)).write_bytes(seed)
        atheris.Setup([sys.argv[0], *words, corpus], one)
        atheris.Fuzz()  # leaves the program; -print_final_stats=1 tells the runs


if __name__ == "__main__":
    main()
