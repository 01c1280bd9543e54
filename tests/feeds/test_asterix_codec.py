"""ASTERIX records read and written by our own walk, against libasterix and recordings."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan.errors import SourceError
from bartizan.feeds.asterix import blocks
from bartizan.feeds.asterix.codec import WrongRecordError, decode, encode
from bartizan.feeds.asterix.layout import CATEGORIES, DEFAULTS, layout
from recordings import need


def parts(path: Path) -> list[bytes]:
    out = []
    for p in blocks.read(path):
        if isinstance(p, blocks.Payload):
            out += [b.data for b in blocks.split(p) if isinstance(b, blocks.Payload)]
    return out


def flat(found: Any) -> dict[tuple[str, ...], int]:
    """Every named number of an item of libasterix, by where it stands."""
    out: dict[tuple[str, ...], int] = {}
    kinds = ("Compound", "Extended", "Repetitive", "Group", "Element", "Explicit")
    v, kind = found, ""
    while not kind:
        kind = next((c.__name__ for c in type(v).__mro__ if c.__name__ in kinds), "")
        v = v if kind else v.arg
    if kind == "Compound":
        for name, item in v.arg.items():
            out |= {(name, *k): n for k, n in flat(item).items()}
    elif kind == "Extended":
        for k, part in enumerate(v.arg):
            for item in part:
                if hasattr(item, "cv_non_spare"):
                    out[str(k), item.cv_non_spare.cv_name] = item.arg.as_uint()
    elif kind == "Repetitive":
        for k, item in enumerate(v.arg):
            out |= {(str(k), *key): n for key, n in flat(item).items()}
    elif kind == "Group":
        for item in v.arg:
            if hasattr(item, "cv_non_spare"):
                out[(item.cv_non_spare.cv_name,)] = item.arg.as_uint()
    elif kind == "Element":
        out[()] = v.as_uint()
    return out


def ours(value: Any) -> dict[tuple[str, ...], int]:
    if isinstance(value, int):
        return {(): value}
    if isinstance(value, bytes):
        return {}
    pairs = value.items() if isinstance(value, dict) else ((str(k), v) for k, v in enumerate(value))
    return {(k, *key): n for k, v in pairs if k[0] != "-" for key, n in ours(v).items()}


@pytest.mark.parametrize("name", ["cat_034_048.pcap", "cat_062_065.pcap", "cat21_re.ast", "midnight_cross.gps"])  # fmt: skip
def test_every_number_is_what_libasterix_reads(name: str) -> None:
    from asterix import generated
    from asterix.base import Bits

    compared = 0
    for data in parts(need("asterix") / name):
        category = f"{data[0]:03d}"
        edition = DEFAULTS[category]
        spec = getattr(generated, f"Cat_{category}_{edition.replace('.', '_')}").cv_uap
        theirs = spec.parse(Bits.from_bytes(data[3:]))
        for mine, record in zip(decode(data, layout(category, edition)), theirs, strict=True):
            assert set(mine) == set(record.items_regular)
            for item, value in record.items_regular.items():
                expected = flat(value)
                assert ours(mine[item]) == expected, (category, item)
                compared += len(expected)
    assert compared > 20


def test_all_162_records_of_two_lans_come_back_byte_for_byte() -> None:
    count: Counter[str] = Counter()
    for data in parts(need("asterix") / "cat_034_048.pcap"):
        spec = layout(f"{data[0]:03d}", DEFAULTS[f"{data[0]:03d}"])
        records = decode(data, spec)
        assert encode(records, spec) == data
        count[spec.category] += len(records)
    assert count == {"034": 34, "048": 128}


@pytest.mark.parametrize("name", ["argentina_260429.pcap", "Jahorina.raw", "068test_bds30.gps", "cat_001_002.pcap"])  # fmt: skip
def test_longer_recordings_come_back_byte_for_byte(name: str) -> None:
    some = parts(need("asterix") / name)
    assert some
    for data in some:
        spec = layout(f"{data[0]:03d}", DEFAULTS[f"{data[0]:03d}"])
        assert encode(decode(data, spec), spec) == data


def test_edition_0_17_of_category_062_has_its_own_order() -> None:
    early, late = layout("062", "0.17"), layout("062", "1.18")
    wrong = 0
    for data in parts(need("asterix") / "asterix.pcap"):
        (record,) = decode(data, early)
        assert encode([record], early) == data
        lat, lon = (record["105"][k] * 180 / 2**23 for k in ("LAT", "LON"))
        assert 41 < lat < 50 and 9 < lon < 24  # around Croatia, whose tracker sent it
        try:
            decode(data, late)
        except WrongRecordError:
            wrong += 1
    assert wrong > 30


def test_what_does_not_fit_is_refused() -> None:
    spec = layout("048", "1.32")
    with pytest.raises(WrongRecordError, match="SAC 256: expected 0 to 255"):
        encode([{"010": {"SAC": 256, "SIC": 1}}], spec)
    with pytest.raises(WrongRecordError, match="not of this edition"):
        encode([{"999": 1}], spec)
    with pytest.raises(SourceError, match=r"no edition 9\.9; known: 1\.16.*0\.17"):
        layout("062", "9.9")


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(CATEGORIES), st.binary(max_size=200))
def test_any_bytes_give_records_or_our_own_error(category: str, body: bytes) -> None:
    spec = layout(category, DEFAULTS[category])
    data = bytes([int(category)]) + (len(body) + 3).to_bytes(2, "big") + body
    try:
        records = decode(data, spec)
    except WrongRecordError:
        return
    again = encode(records, spec)  # presence bits may have been longer than needed
    assert decode(again, spec) == records
