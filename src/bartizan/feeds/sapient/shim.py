"""The one place that imports SAPIENT's messages (BSI Flex 335 v2.0).

In: nothing.  Out: the message class, and bytes or JSON to messages.  Does not: judge them
(see `rules`).

Several packages own the import name `sapient_msg`; any one of them will do that has the
module `bsi_flex_335_v2_0`, and only one may be installed.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Final

from bartizan.errors import InputError, SourceError

VERSION: Final = "BSI Flex 335 v2.0"
_MODULE: Final = "sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2"
_OPTIONS: Final = "sapient_msg.proto_options_pb2"


class WrongMessageError(SourceError):
    """Bytes or text that is no SAPIENT message, or one against the standard."""


@cache
def _module(name: str) -> Any:
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError as e:
        raise InputError(
            "SAPIENT needs the package sapient-msg (and no other that owns the name sapient_msg)"
        ) from e


def message_class() -> Any:
    """The class of all SAPIENT messages."""
    return _module(_MODULE).SapientMessage


def new() -> Any:
    """An empty message."""
    return message_class()()


def options() -> Any:
    """The module with the options that the standard hangs on its fields."""
    return _module(_OPTIONS)


def from_bytes(data: bytes) -> Any:
    """The message in these bytes.  Raises WrongMessageError."""
    from google.protobuf.message import DecodeError

    message = new()
    try:
        message.ParseFromString(data)
    except (DecodeError, UnicodeDecodeError, RecursionError) as e:
        raise WrongMessageError(f"no SAPIENT message: {e or 'the bytes do not parse'}") from e
    return message


def from_json(text: str) -> tuple[Any, tuple[str, ...]]:
    """The message in a JSON text, and the names in it that are of no field.

    Raises WrongMessageError when it is no JSON, or a value does not fit its field.
    """
    from google.protobuf import json_format

    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as e:
        raise WrongMessageError(f"no JSON: {e}") from e
    if not isinstance(data, dict):
        raise WrongMessageError("no SAPIENT message: expected an object")
    message = new()
    try:
        json_format.ParseDict(data, message, ignore_unknown_fields=True)
    except (json_format.ParseError, RecursionError) as e:
        raise WrongMessageError(f"no SAPIENT message: {e}") from e
    return message, tuple(_unknown(data, message.DESCRIPTOR, ""))


def _unknown(data: dict[str, Any], descriptor: Any, at: str) -> list[str]:
    fields = {f.json_name: f for f in descriptor.fields} | {f.name: f for f in descriptor.fields}
    out = []
    for key, value in data.items():
        place = f"{at}.{key}" if at else key
        if key not in fields:
            out.append(place)
            continue
        inner = fields[key].message_type
        if inner is None or inner.full_name.startswith("google.protobuf."):
            continue
        for k, one in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(one, dict):
                many = f"{place}[{k}]" if isinstance(value, list) else place
                out += _unknown(one, inner, many)
    return out
