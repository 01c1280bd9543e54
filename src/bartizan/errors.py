"""The one tree of errors.

    BartizanError
    |-- InputError      a file, line or field that a person gave is wrong
    |   |-- ConfigError     a site, raid or run file: every mistake in it, at once
    |   `-- SourceError     a recording that cannot be read at all
    |-- JournalError    a record is damaged or its chain is broken
    `-- MismatchError   a replay did not derive what the journal holds

A bad message inside a feed raises nothing: it becomes a `types.Refused`.
"""

from __future__ import annotations

from typing import NamedTuple


class BartizanError(Exception):
    """Root of all errors that bartizan raises on purpose; the text is for a person."""


class InputError(BartizanError):
    """Something a person gave is wrong: the text names where and what was expected."""


class Mistake(NamedTuple):
    """One mistake in a file.  severity is "error" or "warning"."""

    file: str
    line: int
    field: str
    found: str
    expected: str
    severity: str = "error"

    def __str__(self) -> str:
        found = f" (found {self.found})" if self.found else ""
        return f"{self.file}:{self.line}: {self.field}: {self.expected}{found}"


class ConfigError(InputError):
    """A site, raid or run file has mistakes; `mistakes` holds all of them."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        self.mistakes = mistakes
        super().__init__("\n".join(str(m) for m in mistakes))


class SourceError(InputError):
    """A recording cannot be read: no such file, no such format, wrong edition."""


class JournalError(BartizanError):
    """A journal is damaged, or its hash chain is broken."""


class MismatchError(BartizanError):
    """A replay derived something else than what the journal holds."""
