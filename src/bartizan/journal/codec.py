"""Tuples of arrays to bytes and back, bit for bit.

In: any NamedTuple of the vocabulary.  Out: MessagePack; arrays as an extension that holds
dtype, shape and the raw little-endian bytes.  Does not: hold anything but data.

Equal values give equal bytes: that is what a replay compares.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

import msgspec
import numpy as np

_T = TypeVar("_T")
_ARRAY = 1  # extension code of an array


def _array_bytes(a: np.ndarray[Any, Any]) -> bytes:
    little = a.astype(a.dtype.newbyteorder("<"), copy=False)
    head = f"{little.dtype.str}:{','.join(map(str, a.shape))};".encode()
    return head + little.tobytes()


def _to_plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return msgspec.msgpack.Ext(_ARRAY, _array_bytes(value))
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} has no place in a journal")


def _from_ext(code: int, data: memoryview) -> Any:
    if code != _ARRAY:
        raise ValueError(f"unknown extension {code}")
    raw = bytes(data)
    head, body = raw[: raw.index(b";")].decode(), raw[raw.index(b";") + 1 :]
    dtype, shape = head.split(":")
    size = [int(k) for k in shape.split(",") if k]
    return np.frombuffer(body, dtype).reshape(size).copy()


def _from_plain(kind: type, value: Any) -> Any:
    return value


_encoder = msgspec.msgpack.Encoder(enc_hook=_to_plain)


@cache
def _decoder(kind: Any) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(kind, ext_hook=_from_ext, dec_hook=_from_plain)


def pack(value: Any) -> bytes:
    """The bytes of a NamedTuple (nested ones too).  Raises TypeError on a foreign type."""
    return _encoder.encode(value)


def unpack(data: bytes, kind: type[_T]) -> _T:
    """The `kind` (a NamedTuple class) that `pack` made `data` of.

    Raises msgspec.DecodeError when the bytes are not one.
    """
    decoder: msgspec.msgpack.Decoder[_T] = _decoder(kind)  # type: ignore[arg-type]
    out: _T = decoder.decode(data)
    return out
