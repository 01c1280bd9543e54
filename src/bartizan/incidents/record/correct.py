"""A drafted claim put right, or turned down, by a person; its words stay as they stand.

In: a store, a claim, what it should say, who, why.  Out: one entry of the audit each.
Does not: touch the quote, its place or its speakers; change what somebody has confirmed.
"""

from __future__ import annotations

import re
from typing import Any, Final

from bartizan.errors import InputError
from bartizan.incidents.record import fields, nouns
from bartizan.incidents.store import Store

KNOWN: Final = (*fields.WORDS, "casualties")
COUNTS: Final = ("vehicle.count", "casualties.killed", "casualties.injured")
LONGEST: Final = 200  # characters of a value in words
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_INCIDENT: Final = re.compile(r"I[1-9]\d{0,16}")


def correct(
    store: Store, claim: str, said: dict[str, Any], why: str, who: str, t_ns: int
) -> nouns.Correct:
    """Makes a claim say another field, value or incident.

    said: any of "field", "value", "incident" ("" or "-": it is on none); what is left out stays
    Raises InputError where nothing changes, the value is none of the field's, the claim was
    confirmed or turned down, or the incident does not stand.
    """
    if not why.strip():
        raise InputError("why: expected a reason: it stands in the audit")
    if unknown := set(said) - {"field", "value", "incident"}:
        raise InputError(f"{', '.join(sorted(unknown))}: expected field, value or incident")
    with store.writing():
        old = _open(store, claim)
        field = str(said.get("field", old.field))
        value = said.get("value", old.value)
        checked(field, value)
        incident = str(said.get("incident", old.incident)).replace("-", "")
        if incident:
            store.standing(incident)
        if (field, value, incident) == (old.field, old.value, old.incident):
            raise InputError(f"{claim}: it says that already: expected another field, value or "
                             "incident")  # fmt: skip
        was = (old.field, old.value, old.incident)
        act = nouns.Correct(claim, field, value, incident, why.strip(), was)
        store.append(who, t_ns, act)
    return act


def reject(store: Store, claim: str, why: str, who: str, t_ns: int) -> None:
    """Turns a claim down: it stays in the audit, and is a basis of nothing."""
    if not why.strip():
        raise InputError("why: expected a reason: it stands in the audit")
    with store.writing():
        _open(store, claim)
        store.append(who, t_ns, nouns.Reject(claim, why.strip()))


def _open(store: Store, name: str) -> nouns.Claim:
    """The claim, if it may still be changed."""
    claim = store.claim(name)
    if claim.rejected:
        raise InputError(f"{name}: it was turned down ({claim.rejected})")
    if claim.incident:
        case = store.case(claim.incident)
        if by := next((c.who for c in case.confirmations if c.claim == name), ""):
            raise InputError(f"{name}: {by} has confirmed it: it stands as it is")
    return claim


def checked(field: str, value: Any) -> None:
    """Raises InputError where the field is none, or the value none of that field."""
    if field not in KNOWN:
        raise InputError(f"field: expected one of {', '.join(KNOWN)} (found {field})")
    if value is None:
        return
    if field in COUNTS or field == "casualties":
        counts = value.values() if field == "casualties" and isinstance(value, dict) else [value]
        if field == "casualties" and not (isinstance(value, dict) and set(value) <= {"killed", "injured"}):  # fmt: skip
            raise InputError('value: expected killed and injured, as {"killed": 0, "injured": 2}')
        for n in counts:
            if n is not None and (
                isinstance(n, bool) or not isinstance(n, int) or not 0 <= n < 10**9
            ):
                if not (isinstance(n, str) and 0 < len(n) <= LONGEST):
                    raise InputError(f"value: expected a count, 0 or more, or words (found {n!r})")
    elif field == "event.date":
        if not (isinstance(value, str) and _DAY.match(value)):
            raise InputError(f"value: expected a date such as 2022-01-04 (found {value!r})")
    elif isinstance(value, str):
        if not 0 < len(value.strip()) <= LONGEST:
            raise InputError(f"value: expected 1 to {LONGEST} characters")
    elif not isinstance(value, bool | int | float | dict | list):
        raise InputError(f"value: expected words, a number or what was drafted (found {value!r})")
