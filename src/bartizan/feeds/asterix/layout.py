"""The shape of ASTERIX records: which items stand in which order, with which parts.

In: the specifications that libasterix holds, and the one table below that it does not.
Out: layouts, plain tuples that `codec` walks.  Does not: read or write a record.

Ref: EUROCONTROL SPEC-0149 parts as libasterix has them; category 062 edition 0.17 as
published by Croatia Control with its decoder (a draft that recordings still use).
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final, NamedTuple

from bartizan.errors import SourceError

CATEGORIES: Final = (
    "001", "002", "010", "015", "016", "020", "021", "034", "048", "062", "063", "065", "205",
    "240",
)  # fmt: skip
DEFAULTS: Final = {
    "001": "1.4", "002": "1.2", "010": "1.1", "015": "1.2", "016": "1.0", "020": "1.11",
    "021": "2.1", "034": "1.29", "048": "1.32", "062": "1.18", "063": "1.7", "065": "1.6",
    "205": "1.0", "240": "1.3",
}  # fmt: skip


class Fixed(NamedTuple):
    """bits in all, and its parts as (name, bits); a part without a name is spare."""

    bits: int
    parts: tuple[tuple[str, int], ...]


class Extended(NamedTuple):
    """Parts that follow each other while the last bit of the one before says so; the last
    may have no such bit (fx False)."""

    parts: tuple[tuple[Fixed, bool], ...]


class Repeated(NamedTuple):
    """The same again: as often as a counter of so many bytes says, or (0) while the last
    bit says so."""

    counter: int
    of: Fixed


class Compound(NamedTuple):
    """Presence bits, then the parts that are present; None: not defined."""

    parts: tuple[tuple[str, Any] | None, ...]


class Explicit(NamedTuple):
    """A byte with the length, then bytes of another agreement."""


Item = Fixed | Extended | Repeated | Compound | Explicit
Uap = tuple[tuple[str, Item] | None, ...]


class Layout(NamedTuple):
    """A category in one edition.

    uaps: one order of items, or two that the bit `020/TYP` chooses between
    """

    category: str
    edition: str
    uaps: tuple[Uap, ...]


@cache
def layout(category: str, edition: str) -> Layout:
    """The layout.  Raises SourceError naming the editions there are."""
    if (category, edition) == ("062", "0.17"):
        return Layout(category, edition, (_EARLY_062,))
    from asterix import generated  # 1.7 s to import: only when a record is read

    spec = getattr(generated, f"Cat_{category}_{edition.replace('.', '_')}", None)
    if spec is None:
        known = [n[8:].replace("_", ".") for n in dir(generated) if n[:8] == f"Cat_{category}_"]
        known += ["0.17"] if category == "062" else []
        has = ", ".join(known) or "none of this category"
        raise SourceError(f"category {category} has no edition {edition}; known: {has}")
    uap = spec.cv_uap
    records = list(uap.cv_uaps.values()) if hasattr(uap, "cv_uaps") else [uap.cv_record]
    return Layout(category, edition, tuple(_uap(r.cv_items_list) for r in records))


def _uap(items: list[Any]) -> Uap:
    out: list[tuple[str, Item] | None] = []
    for i in items:
        named = getattr(i, "cv_non_spare", None)
        out.append(None if named is None else (named.cv_name, _item(named)))
    return tuple(out)


def _variation(named: Any) -> Any:
    rule = named.cv_rule
    return rule.cv_variation if hasattr(rule, "cv_variation") else rule.cv_default_variation


def _item(named: Any) -> Item:
    v = _variation(named)
    kind = next(c.__name__ for c in v.__mro__ if c.__module__ == "asterix.base")
    if kind == "Extended":
        parts = []
        for part in v.cv_items_list:
            named_parts = tuple(p for x in part if x is not None for p in _parts(x[0]))
            parts.append((Fixed(_bits(named_parts), named_parts), part[-1] is None))
        return Extended(tuple(parts))
    if kind == "Repetitive":
        return Repeated(v.cv_rep_bytes or 0, _fixed(v.cv_variation))
    if kind == "Compound":
        return Compound(tuple(n and (n.cv_name, _item(n)) for n in v.cv_items_list))
    if kind == "Explicit":
        return Explicit()
    return _fixed(v)


def _fixed(v: Any) -> Fixed:
    parts = tuple(p for i, _ in v.cv_items_list for p in _parts(i)) if _is_group(v) else ()
    return Fixed(_bits(parts) if parts else v.cv_bit_size, parts)


def _is_group(v: Any) -> bool:
    return hasattr(v, "cv_items_list")


def _parts(item: Any) -> tuple[tuple[str, int], ...]:
    named = getattr(item, "cv_non_spare", None)
    if named is None:
        return (("", item.cv_bit_size),)
    v = _variation(named)
    if _is_group(v):
        inner = [p for i, _ in v.cv_items_list for p in _parts(i)]
        return tuple((f"{named.cv_name}.{n}" if n else "", b) for n, b in inner)
    return ((named.cv_name, v.cv_bit_size),)


def _bits(parts: tuple[tuple[str, int], ...]) -> int:
    return sum(b for _, b in parts)


def _f(text: str) -> Fixed:
    """`SAC:8 SIC:8`, or `24` alone; a name `-` is spare."""
    if text.isdecimal():
        return Fixed(int(text), ())
    parts = tuple(tuple(p.split(":")) for p in text.split())
    named = tuple((n if n != "-" else "", int(b)) for n, b in parts)
    return Fixed(_bits(named), named)


def _c(text: str) -> Compound:
    """`PSR=8 SSR=8 -`: presence bits in order, each part a plain number of so many bits."""
    pairs = [p.split("=") for p in text.split()]
    return Compound(tuple((p[0], Fixed(int(p[1]), ())) if len(p) == 2 else None for p in pairs))


def _x(text: str) -> Extended:
    return Extended(tuple((_f(part), True) for part in text.split("|")))


_TIMES = Repeated(1, _f("TYP:5 DAY:2 -:4 HOR:5 -:2 MIN:6 AVS:1 -:1 SEC:6"))
_PLAN = _c("TAG=16 CSN=56 IFI=32 FCT=8 TAC=32 WTC=8 DEP=32 DST=32 RDS=24 CFL=16 CTL=16")
_MODE_S = _c("MB=72 ADR=24 ID=48 COM=16 ACS=56")
_EARLY_062: Uap = (
    ("010", _f("SAC:8 SIC:8")), ("015", _f("8")), ("070", _f("24")), ("040", _f("-:1 TRN:15")),
    ("105", _f("LAT:24 LON:24")), ("100", _f("X:16 Y:16")), ("060", _f("-:4 MODE3A:12")),
    ("130", _f("16")), ("135", _f("QNH:1 CTB:15")), ("136", _f("16")), ("180", _f("GSP:16 HDG:16")),
    ("200", _f("TRANS:2 LONG:2 VERT:2 -:2")), ("220", _f("16")), ("240", _f("8")), ("210", _f("16")),
    ("080", _x("MON:1 SPI:1 MRH:1 SRC:3 CNF:1|SIM:1 TSE:1 TSB:1 FPC:1 -:3|AMA:1 FRI:2 ME:1 MI:1 -:2"
               "|COA:1 PSR:1 SSR:1 MDS:1 ADS:1 SUC:1 AAC:1")),
    ("290", _c("PSR=8 SSR=8 MDA=8 MFL=8 MDS=8 ADS=16 ADB=8 MD1=8 MD2=8")),
    ("340", _c("SID=16 POS=32 HEI=16 MDC=16 MDA=16 TYP=8")), ("380", _MODE_S), None,
    ("390", Compound((*_PLAN.parts, ("TOD", _TIMES), ("AST", _f("48")), ("STS", _f("8"))))),
    ("110", _f("-:3 MODE1:5")), ("120", _f("-:4 MODE2:12")),
    ("510", Extended(((_f("IDENT:8 TRACK:15"), True),) * 8)),
    None, None, ("RE", Explicit()), ("SP", Explicit()),
)  # fmt: skip
