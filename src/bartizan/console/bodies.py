"""The bodies of the console's requests, and of its refusals.

In: JSON.  Out: checked values.  Does not: say who may send them.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

INT64 = 2**63 - 1
SAID: dict[int | str, str] = {
    400: "no request that can be read", 401: "sign in first", 403: "may not",
    404: "not there", 405: "no such method", 409: "not now", 421: "another server's name",
    422: "not as described", 429: "too often", 503: "kept, not taken in yet",
}  # fmt: skip


class Refusal(BaseModel):
    """Why something was refused."""

    error: str


class Ground(BaseModel):
    """Heights of the ground over the reference point, along the curved Earth, in square cells.

    Cell (column c, row r) lies cell_m * c east and cell_m * r north of the corner e0, n0 [m from
    the reference point]; its height is up_m[r * cols + c] [m].  Row 0 is the southernmost.
    """

    cell_m: float
    e0: float
    n0: float
    cols: int
    rows: int
    up_m: list[float]


class Body(BaseModel):
    """Nothing but what is named."""

    model_config = ConfigDict(extra="forbid", strict=True)


class SignIn(Body):
    """A person's name and password."""

    user: str = Field(max_length=64)
    password: str = Field(max_length=1024)


class SetUp(SignIn):
    """The first supervisor."""

    token: str = Field(max_length=128)


class ActBody(Body):
    """A person's act on a track, an alarm, an area, a sensor or the posture."""

    verb: str = Field(max_length=32)
    subject: int = Field(ge=0, le=INT64)
    value: Annotated[int, Field(ge=0, le=255)] | Annotated[str, Field(max_length=2000)] = 0
    why: str = Field(default="", max_length=2000)
    until_s: float = Field(default=0.0, ge=0.0, le=7 * 86_400.0)


class DrillBody(Body):
    """A built-in raid to be played as a drill."""

    raid: str = Field(max_length=200)


class PersonBody(Body):
    """A person, or with machine a token's holder (no password)."""

    user: str = Field(max_length=64)
    role: str = Field(max_length=32)
    password: str = Field(default="", max_length=1024)
    machine: bool = False


# A value as drafts have them: words, a count, yes or no, a small object such as casualties.
Value = (
    Annotated[str, Field(max_length=200)]
    | Annotated[int, Field(ge=-INT64, le=INT64)]
    | bool
    | dict[str, int | str | bool | None]
)
Place = Annotated[str, Field(pattern=r"^[0-9]{1,6}$")]  # of a claim in its draft


class IntakeBody(Body):
    """A report's words, pasted, and the day it was published."""

    text: str = Field(min_length=1, max_length=200_000)
    published: str = Field(max_length=10)
    publisher: str = Field(default="", max_length=200)


class Said(Body):
    """What a person makes of a drafted claim; what is not given stays."""

    field: str | None = Field(default=None, max_length=60)
    value: Value | None = None
    value_unknown: bool = False
    incident: str | None = Field(default=None, max_length=20)
    why: str = Field(min_length=1, max_length=2000)

    def said(self) -> dict[str, Any]:
        """What is given.  value_unknown: the source says that it is not known."""
        given = {
            k: v for k in ("field", "value", "incident") if (v := getattr(self, k)) is not None
        }
        return given | ({"value": None} if self.value_unknown else {})


class CorrectBody(Said):
    """A claim of the record put right."""

    claim: str = Field(max_length=20)


class RejectBody(Body):
    """A claim of the record turned down, and why."""

    claim: str = Field(max_length=20)
    why: str = Field(min_length=1, max_length=2000)


class TakeInBody(IntakeBody):
    """The same, with the claims that a person keeps of its draft, by their place in it.

    changes: what of the kept ones is put right, by the same place; a changed incident is one of
    the draft's   rejected: why others were turned down; those neither kept nor named are left out
    into: incidents of the draft that the record has already, as {"A": "I1"}
    """

    keep: list[Annotated[int, Field(ge=0, le=100_000)]] = Field(max_length=10_000)
    into: dict[str, str] = Field(default_factory=dict, max_length=100)
    changes: dict[Place, Said] = Field(default_factory=dict, max_length=10_000)
    rejected: dict[Place, Annotated[str, Field(min_length=1, max_length=2000)]] = Field(
        default_factory=dict, max_length=10_000
    )


class OpenBody(Body):
    """An alarm of the running watch; none: every one of the last hours."""

    hours: float = Field(default=1.0, gt=0.0, le=24.0)
    alarm: Annotated[int, Field(ge=0, le=INT64)] | None = None


class LinkBody(Body):
    """Two incidents, how they belong together, and why."""

    a: str = Field(max_length=20)
    b: str = Field(max_length=20)
    kind: str = Field(max_length=32)
    why: str = Field(max_length=2000)


class ConfirmBody(Body):
    """A claim that a person says is so, and why; evidence for it where the rules ask for some."""

    claim: str = Field(max_length=20)
    why: str = Field(max_length=2000)
    evidence: str = Field(default="", max_length=20)
