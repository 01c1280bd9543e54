"""Tuples of arrays to bytes and back, bit for bit.

In: any NamedTuple of the vocabulary.  Out: MessagePack; arrays as an extension that holds
dtype, shape and the raw little-endian bytes.  Does not: hold anything but data.

Equal values give equal bytes: that is what a replay compares.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, TypeVar

import msgspec
import numpy as np

_T = TypeVar("_T")
_ARRAY = 1  # extension code of an array
_KINDS = "biuf"  # flags, whole numbers, floats; anything else would be an address, not data


@lru_cache(maxsize=4096)
def _head(dtype: np.dtype[Any], shape: tuple[int, ...]) -> tuple[bytes, np.dtype[Any]]:
    """What stands before an array's bytes, and the little-endian dtype to give them in."""
    if dtype.kind not in _KINDS:
        raise TypeError(f"an array of {dtype} has no place in a journal")
    little = dtype.newbyteorder("<")
    return f"{little.str}:{','.join(map(str, shape))};".encode(), little


@lru_cache(maxsize=4096)
def _shape(head: bytes) -> tuple[np.dtype[Any], tuple[int, ...]]:
    """The dtype and shape that `_head` wrote."""
    name, sizes = head.decode("ascii").split(":")
    try:
        dtype = np.dtype(name)
    except TypeError as e:
        raise ValueError(str(e)) from e
    if dtype.kind not in _KINDS or any(not k.isdecimal() for k in sizes.split(",") if k):
        raise ValueError(f"no array of numbers: {name}:{sizes}")
    return dtype, tuple(int(k) for k in sizes.split(",") if k)


def _to_plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        head, little = _head(value.dtype, value.shape)
        if value.dtype != little:
            value = value.astype(little)
        return msgspec.msgpack.Ext(_ARRAY, head + value.tobytes())
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} has no place in a journal")


def _from_ext(code: int, data: memoryview) -> Any:
    if code != _ARRAY:
        raise ValueError(f"unknown extension {code}")
    raw = bytes(data)
    at = raw.index(b";") + 1
    dtype, shape = _shape(raw[: at - 1])
    return np.frombuffer(raw, dtype, offset=at).reshape(shape).copy()


def _from_plain(kind: type, value: Any) -> Any:
    return value


_encoder = msgspec.msgpack.Encoder(enc_hook=_to_plain)


@cache
def _decoder(kind: Any) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(kind, ext_hook=_from_ext, dec_hook=_from_plain)


def pack(value: Any) -> bytes:
    """The bytes of a NamedTuple (nested ones too).

    Raises TypeError on a type, and OverflowError on a whole number, that it cannot hold.
    """
    return _encoder.encode(value)


def unpack(data: bytes, kind: type[_T]) -> _T:
    """The `kind` (a NamedTuple class) that `pack` made `data` of.

    Raises msgspec.DecodeError or ValueError when the bytes are not one.
    """
    decoder: msgspec.msgpack.Decoder[_T] = _decoder(kind)  # type: ignore[arg-type]
    out: _T = decoder.decode(data)
    return out
