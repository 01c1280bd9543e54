"""CAP: messages of a night pass the OASIS schema; every sample is judged as its name says."""

from __future__ import annotations

import copy
import math
import random
from pathlib import Path

import pytest
from lxml import etree

from bartizan.errors import SourceError
from bartizan.outlets import OUTLETS, CapParams
from bartizan.outlets.cap import Alert, Book, Head, Message, Unfit, listed, read, step
from bartizan.outlets.cap.rules import moment
from bartizan.types import Mode, Refused
from bartizan.units import ns_from_iso
from recordings import need

MARK = "EXERCISE EXERCISE EXERCISE"
WRONG = {"canada_errors": "references", "invalid": "scope", "noaa_errors": "urgency", "xee": "document type"}  # fmt: skip
RIGHT = {"australia", "canada", "canada_signed", "earthquake-iso8859-1", "earthquake",
         "earthquake_signed", "no_optional_fields", "wcatwc-warning", "weather"}  # fmt: skip


def messages(kept, mode: Mode = Mode.EXERCISE) -> list[Message]:
    """What a night tells."""
    book, head = Book(), Head(kept.site, mode, "watch@base.example", "people of the base")
    out: list[Message] = []
    for o in kept.outputs:
        book, told = step(book, o, head)
        out += told
    return out


def oasis() -> etree.XMLSchema:
    """The schema as OASIS publishes it."""
    return etree.XMLSchema(etree.parse(str(need("cap") / "cap12.xsd")))


@pytest.mark.parametrize("name", sorted(RIGHT | set(WRONG)))
def test_every_sample_is_judged_as_its_name_says(name: str) -> None:
    seen = read((need("cap") / f"{name}.cap").read_bytes())
    if name in RIGHT:
        assert isinstance(seen, Alert), seen
        assert seen.version == ("1.1" if name in ("earthquake", "earthquake_signed",
                                                  "no_optional_fields", "weather") else "1.2")  # fmt: skip
        assert seen.signed == (
            name in ("canada_signed", "earthquake_signed", "earthquake-iso8859-1")
        )
    else:
        assert isinstance(seen, Unfit)
        assert any(WRONG[name] in w for w in seen.why), seen.why


def test_no_sample_is_left_unjudged() -> None:
    assert {p.stem for p in need("cap").glob("*.cap")} == RIGHT | set(WRONG)


def test_a_read_sample_says_what_stands_in_it() -> None:
    seen = read((need("cap") / "wcatwc-warning.cap").read_bytes())
    assert isinstance(seen, Alert)
    assert seen.references == (("PAAQ", "PAAQ-1-lqw6d6", "2011-09-02T10:55:55-00:00"),)
    assert seen.sent_ns == ns_from_iso("2011-09-02T11:36:50Z")
    assert seen.infos[0].expires_ns == ns_from_iso("2011-09-02T12:36:50Z")


def test_decode_counts_and_tells_why(tmp_path: Path) -> None:
    """Every sample by the function that `bartizan decode cap` calls."""
    for path in need("cap").glob("*.cap"):
        (item,) = listed(path, {})
        assert isinstance(item, Refused) == (path.stem in WRONG)
        assert isinstance(item, Refused) or item in ("Alert", "Update")
    with pytest.raises(SourceError, match="none"):
        list(listed(tmp_path / "none", {}))


def test_a_night_is_told_as_alert_updates_cancel(kept) -> None:
    told = messages(kept)
    assert [m.kind for m in told] == ["Alert", *["Update"] * (len(told) - 2), "Cancel"]
    assert len(told) >= 3
    before: list[tuple[str, ...]] = []
    for m in told:
        seen = read(m.data)
        assert isinstance(seen, Alert)
        assert [r[1] for r in seen.references] == [b[1] for b in before]
        before.append((seen.sender, seen.identifier))
    assert read(told[-1].data).infos[0].response == ("AllClear",)  # type: ignore[union-attr]


def test_messages_go_on_after_a_restart(kept, tmp_path: Path) -> None:
    """A watch that is killed amid an alarm: the next one names what the first has told."""
    params = CapParams(tmp_path, "watch@base.example", "people", mode=Mode.EXERCISE)
    half = len(kept.outputs) - 2

    def told(outputs) -> list[str]:
        outlet = OUTLETS["cap"](kept.site, Mode.EXERCISE, params)
        for o in outputs:
            outlet.see(o)
        outlet.close()
        return sorted((p.stem for p in tmp_path.iterdir()), key=lambda s: int(s.split(".")[-1]))

    before = told(kept.outputs[:half])
    assert len(before) >= 2
    (tmp_path / f"{before[0][:-1]}9.xml").write_text("no CAP")  # what is no message is passed over
    again = told(kept.outputs[half : half + 1])  # still in force: told again, as an update
    (tmp_path / f"{before[0][:-1]}9.xml").unlink()
    assert len(again) == len(before) + 2
    ended = told(kept.outputs[-1:])  # over while nothing ran
    seen = [read((tmp_path / f"{name}.xml").read_bytes()) for name in ended]
    assert [m.kind for m in seen] == ["Alert", *["Update"] * len(before), "Cancel"]
    for k, m in enumerate(seen):
        assert [r[1] for r in m.references] == ended[:k]
        assert m.status == "Exercise" and m.infos[0].headline.count(MARK) == 1
        oasis().assertValid(etree.fromstring((tmp_path / f"{ended[k]}.xml").read_bytes()))
    assert told(kept.outputs[-1:]) == ended  # it is cancelled once


def test_a_night_passes_the_schema_of_oasis(kept) -> None:
    schema = oasis()
    for m in messages(kept):
        schema.assertValid(etree.fromstring(m.data))


def test_all_of_an_exercise_says_so(kept) -> None:
    for m in messages(kept):
        seen = read(m.data)
        assert isinstance(seen, Alert)
        assert seen.status == "Exercise"
        assert seen.note == MARK
        assert seen.identifier.startswith("exercise-")
        info = seen.infos[0]
        for text in (info.event, info.headline, info.description, *(a.name for a in info.areas)):
            assert text.startswith(MARK)
        assert info.instruction.startswith(MARK) or m.kind == "Cancel"
    live = read(messages(kept, Mode.RECORDING)[0].data)
    assert isinstance(live, Alert)
    assert live.status == "Test"


def test_the_areas_are_the_walls_and_zones_where_they_are(kept) -> None:
    import pymap3d

    lat0, lon0 = map(math.degrees, kept.site.origin[:2])
    h0 = kept.site.origin[2]
    seen = read(messages(kept)[0].data)
    assert isinstance(seen, Alert)
    for area, place in zip((kept.site.wall, *kept.site.zones), seen.infos[0].areas, strict=True):
        (polygon,) = place.polygons
        assert polygon[0] == polygon[-1]
        for (lat, lon), (east, north) in zip(polygon, area.polygon, strict=False):
            e, n, _ = pymap3d.geodetic2enu(lat, lon, h0, lat0, lon0, h0)
            assert abs(e - east) < 0.2
            assert abs(n - north) < 0.2


def _broken(root: etree._Element, dice: random.Random) -> None:
    """One thing changed in a message: gone, twice, elsewhere, other words, an attribute."""
    all_ = [e for e in root.iter("*") if e is not root]
    e = dice.choice(all_)
    parent = e.getparent()
    what = dice.randrange(6)
    if what == 0:
        parent.remove(e)
    elif what == 1:
        parent.append(copy.deepcopy(e))
    elif what == 2:
        parent.insert(0, e)
    elif what == 3:
        e.text = dice.choice(
            ["", "x", "Alert", "2011-02-30T00:00:00+00:00", "12", "Actual", "-0.5"]
        )
    elif what == 4:
        e.set("lang", "en")
    else:
        etree.SubElement(e, dice.choice(["x", "{urn:oasis:names:tc:emergency:cap:1.2}event"]))


def test_what_the_schema_refuses_is_refused_here(kept) -> None:
    """The rules are written anew: 1,500 damaged messages, none taken that OASIS' schema refuses."""
    schema, dice = oasis(), random.Random(5)
    whole = [m.data for m in messages(kept)]
    whole += [
        (need("cap") / f"{n}.cap").read_bytes() for n in ("australia", "canada", "canada_signed")
    ]
    refused = taken = 0
    for _ in range(1500):
        root = etree.fromstring(dice.choice(whole))
        _broken(root, dice)
        data = etree.tostring(root)
        seen = read(data)
        if not schema.validate(etree.fromstring(data)):
            refused += 1
            assert isinstance(seen, Unfit), (schema.error_log.last_error, data[:3000])
        elif isinstance(seen, Alert):
            taken += 1
    assert refused > 500
    assert taken > 150


def test_entities_are_refused_in_any_encoding_and_nothing_is_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    text = f'<!DOCTYPE alert [<!ENTITY x SYSTEM "{secret.as_uri()}">]><alert>&x;</alert>'
    for encoding in ("utf-8", "utf-16"):
        seen = read(text.encode(encoding))
        assert isinstance(seen, Unfit)
        assert "document type" in seen.why[0]
    bomb = "".join(f'<!ENTITY a{k} "{f"&a{k - 1};" * 10}">' for k in range(1, 20))
    assert isinstance(read(f'<!DOCTYPE a [<!ENTITY a0 "x">{bomb}]><a>&a19;</a>'.encode()), Unfit)


@pytest.mark.parametrize(
    "data", [b"", b"\x00", b"<alert>", b"<a" * 100, b"\xff\xfe<", b"x" * (1 << 21)]
)
def test_what_is_no_message_is_refused_in_words(data: bytes) -> None:
    seen = read(data)
    assert isinstance(seen, Unfit)
    assert seen.why


@pytest.mark.parametrize(
    ("text", "fits"),
    [("2022-01-04T02:10:00+00:00", True), ("2022-01-04T02:10:00-00:00", True),
     ("2022-01-04T02:10:00Z", False), ("2022-01-04T02:10:00", False),
     ("2022-02-30T02:10:00+00:00", False), ("2022-01-04T02:10:00,00:00", False),
     ("2022-01-04T02:10:00.5+00:00", False)],
)  # fmt: skip
def test_times(text: str, fits: bool) -> None:
    assert (moment(text) is not None) == fits


def test_own_times_carry_plus_zero(kept) -> None:
    for m in messages(kept):
        times = [
            t.text
            for t in etree.fromstring(m.data).iter(
                "{*}sent", "{*}effective", "{*}onset", "{*}expires"
            )
        ]
        assert len(times) >= 3
        assert all(str(t).endswith("+00:00") for t in times)
