"""Coverage-guided fuzzing of every decoder: nothing but our own error may come out.

    python benchmarks/fuzz.py asterix -runs=100000          # with atheris installed
    python benchmarks/fuzz.py asterix --plain 1000000        # without: mutated bytes

`atheris` is no dependency of bartizan: install it in an environment of its own.
"""

from __future__ import annotations

import contextlib
import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bartizan.errors import BartizanError

Target = Callable[[bytes], None]


def asterix() -> tuple[Target, list[bytes]]:
    from bartizan.feeds.asterix.codec import decode, encode
    from bartizan.feeds.asterix.layout import CATEGORIES, DEFAULTS, layout

    specs = {int(c): layout(c, DEFAULTS[c]) for c in CATEGORIES}
    plot = bytes.fromhex(
        "300030fdf70219c9356d4da0c5aff1e0020005283c660c10c236d4182001c0780031bc0000400deb07b9582e"
        "410020f5"
    )

    def run(data: bytes) -> None:
        spec = specs.get(data[0] if data else 0)
        if spec is None:
            return
        whole = data[:1] + (len(data) & 0xFFFF).to_bytes(2, "big") + data[3:]
        encode(decode(whole, spec), spec)

    return run, [plot, *(bytes([c, 0, 0, 0xFF, 0xFF, 0xFE]) + bytes(60) for c in specs)]


def remote_id() -> tuple[Target, list[bytes]]:
    from bartizan.feeds.emit.remote_id import beacon
    from bartizan.feeds.remote_id.air import heard
    from bartizan.feeds.remote_id.json import said_in
    from bartizan.feeds.remote_id.messages import BasicId, Text, decode, encode, pack

    good = pack((BasicId(2, 1, 2, b"SERIAL"), Text(2, "self_id", 0, b"EXERCISE")))

    def run(data: bytes) -> None:
        for link in (105, 127, 251, 272):
            said = heard(data, link)
            if said is not None:
                for m in decode(said.payload):
                    encode(m)
        if data[:1] in b"{[\xfd\x5d":
            said_in(data)

    return run, [beacon(b"\2abcde", 1, good), b'{"mac": "a", "payload": "' + good.hex().encode() + b'"}']  # fmt: skip


def adsb() -> tuple[Target, list[bytes]]:
    from bartizan.feeds.adsb.wire import FORMATS, Framer

    frame = "8d406b9058b975870b738754f480"

    def run(data: bytes) -> None:
        for name in FORMATS:
            list(Framer(name).feed(data))

    beast = b"\x1a\x33" + bytes(7) + bytes.fromhex(frame)
    sbs = b"MSG,3,1,1,4CA2D6,1,,,,,RYR1,36000,400,90,51.5,5.85,-64,,0,0,0,0\n"
    return run, [beast, f"*{frame};\n".encode(), sbs, b'{"hex":"4ca2d6","lat":51.5,"lon":5.8}\n']


def sapient() -> tuple[Target, list[bytes]]:
    from bartizan.feeds.sapient import ids, mistakes, shim

    m = shim.new()
    m.node_id, m.timestamp.seconds = ids.uuid("x"), 1_700_000_000
    d = m.detection_report
    d.report_id = d.object_id = ids.ulid(1_700_000_000 * 10**9, "x")
    d.range_bearing.azimuth, d.range_bearing.coordinate_system, d.range_bearing.datum = 1.0, 2, 1

    def run(data: bytes) -> None:
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


TARGETS = {
    "asterix": asterix, "remote_id": remote_id, "adsb": adsb, "sapient": sapient, "cap": cap,
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

    def one(data: bytes) -> None:
        with contextlib.suppress(BartizanError):
            run(data)

    with tempfile.TemporaryDirectory() as corpus:
        for k, seed in enumerate(seeds):
            (Path(corpus) / str(k)).write_bytes(seed)
        atheris.Setup([sys.argv[0], *sys.argv[2:], corpus], one)
        atheris.Fuzz()  # leaves the program; -print_final_stats=1 tells the runs


if __name__ == "__main__":
    main()
