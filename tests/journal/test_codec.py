"""The codec alone: what it holds bit for bit, what it refuses, what damage does to it."""

from __future__ import annotations

import struct

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bartizan import config, pipeline
from bartizan.journal import pack, unpack
from bartizan.types import F64, Act, Association, Level, Mode, Posture

NUMBERS = st.sampled_from([np.float64, np.float32, np.int64, np.int8, np.bool_, np.uint16])


@settings(max_examples=150, deadline=None)
@given(
    NUMBERS.flatmap(lambda d: hnp.arrays(d, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0)))
)
def test_any_array_of_numbers_comes_back(a: np.ndarray) -> None:
    back = unpack(pack(Association(a, a)), Association)
    assert back.label.dtype == a.dtype
    assert back.label.shape == a.shape
    assert back.label.tobytes() == a.tobytes()
    assert back.label.flags.writeable


def test_the_order_in_memory_does_not_matter() -> None:
    """The same numbers, transposed, strided or big-endian, are the same bytes."""
    a = np.arange(12.0).reshape(3, 4)
    wide = np.zeros((3, 8))
    wide[:, ::2] = a
    for same in (np.asfortranarray(a), wide[:, ::2], a.astype(">f8")):
        assert pack(same) == pack(a)


@given(st.integers(0, 2**64 - 1))
def test_every_bit_of_a_float_is_kept(bits: int) -> None:
    """NaN payloads, -0.0, subnormals: as a scalar and in an array."""
    x = struct.unpack("<d", struct.pack("<Q", bits))[0]
    assert struct.pack("<d", unpack(pack(x), float)) == struct.pack("<Q", bits)
    a = np.array([bits], np.uint64).view(np.float64)
    assert unpack(pack(a), F64).view(np.uint64)[0] == bits


def test_enums_and_numpy_scalars_are_their_values() -> None:
    posture = Posture(Level.RED, 1, 2, "", "", "")
    assert unpack(pack(posture), Posture).level is Level.RED
    assert pack(Act(np.int64(3), "w", "v", 1)) == pack(Act(3, "w", "v", 1))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "value", [np.array([1, None], object), np.array(["x"]), np.zeros(1, complex), object(), 1j]
)
def test_what_is_no_data_is_refused(value: object) -> None:
    """An object array's bytes are addresses: they must never look like a record."""
    with pytest.raises(TypeError, match="no place in a journal"):
        pack(Association(value, value))  # type: ignore[arg-type]


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_damaged_bytes_raise_one_kind_of_error(data: st.DataObject) -> None:
    whole = pack(Association(np.array([1, 2]), np.array([0.25, np.nan])))
    at = data.draw(st.integers(0, len(whole) - 1))
    bad = whole[:at] + bytes([data.draw(st.integers(0, 255))]) + whole[at + 1 :]
    bad = bad[: data.draw(st.integers(0, len(bad)))]
    try:
        back = unpack(bad, Association)
    except (msgspec.MsgspecError, ValueError):
        return
    assert isinstance(back.label, np.ndarray)


@pytest.mark.parametrize("site", config.list_sites())
def test_settings_come_back_as_they_were(site: str) -> None:
    """Whole numbers in a float field would be other bytes, and other words, in a replay."""
    s = pipeline.setup(config.load_site(site).site, Mode.EXERCISE)
    assert pack(unpack(pack(s), pipeline.Setup)) == pack(s)
