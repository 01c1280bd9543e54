"""Who may do what: people with passwords, machines with tokens, sessions, two-person acts.

In: names, passwords, tokens, the clock.  Out: `Session`s, or a refusal in words.
Does not: know HTTP or what the acts do.

Passwords are kept as argon2id hashes (argon2-cffi's defaults, RFC 9106), tokens as BLAKE2b
hashes, both in a file that its owner alone may read.  Sessions live in memory.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections import defaultdict, deque
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bartizan.errors import BartizanError
from bartizan.units import NS_PER_S

ROLES: Final = ("viewer", "operator", "supervisor")
NEEDS: Final = {
    "acknowledge": "operator", "heard": "operator", "interrogate": "operator",
    "dismiss": "operator", "classify": "operator", "identify": "operator", "note": "operator",
    "clear": "operator", "posture": "supervisor", "register": "supervisor",
}  # fmt: skip
TWO_PEOPLE: Final = ("register",)  # cannot be undone: one asks, another agrees
SESSION_S: Final = 12 * 3600  # one watch; assumed
AGREE_S: Final = 300
TRIES, TRIES_S = 5, 60.0  # sign-ins from one address in a minute
MIN_PASSWORD: Final = 12


class Person(msgspec.Struct, frozen=True):
    """A person, or a machine (role by its token's scope)."""

    role: str
    secret: str
    machine: bool = False


class Session(NamedTuple):
    """Somebody signed in.  csrf: what every act has to carry beside the cookie."""

    key: str
    user: str
    role: str
    csrf: str
    until_ns: int
    machine: bool = False


class Asked(NamedTuple):
    """An act that waits for a second person."""

    who: str
    what: tuple[str, int, int, str]
    until_ns: int


class DeniedError(BartizanError):
    """Refused, with the HTTP status that says how: 401 who, 403 may not, 429 too often."""

    def __init__(self, status: int, text: str) -> None:
        """The refusal in words."""
        super().__init__(text)
        self.status = status


class Rights:
    """People, sessions and what waits for a second person."""

    def __init__(self, path: Path, clock: Callable[[], int], *, guest: str = "") -> None:
        """guest: the role of everybody who comes from this machine without signing in
        (an exercise without configuration); "": nobody.  Raises BartizanError on a bad file.
        """
        self._path, self._clock, self.guest = path, clock, guest
        self._hasher = PasswordHasher()
        self._people = self._read()
        self._sessions: dict[str, Session] = {}
        self._tries: defaultdict[str, deque[int]] = defaultdict(deque)
        self._asked: dict[str, Asked] = {}
        # A sign-in as nobody costs as much as one with a wrong password.
        self._nobody = self._hasher.hash(secrets.token_hex(8))
        people = any(not p.machine for p in self._people.values())
        self.setup_token = "" if people or guest else secrets.token_urlsafe(18)

    def _read(self) -> dict[str, Person]:
        if not self._path.exists():
            return {}
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=dict[str, Person])
        except (msgspec.MsgspecError, OSError) as e:
            raise BartizanError(f"{self._path}: expected people as written by bartizan: {e}") from e

    def _write(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as f:
            f.write(msgspec.json.encode(self._people))
        fresh.replace(self._path)

    def people(self) -> dict[str, str]:
        """Names and roles."""
        return {name: p.role for name, p in self._people.items()}

    def set_up(self, token: str, user: str, password: str) -> Session:
        """The first supervisor, by the token that the first start printed.  Raises DeniedError."""
        if not self.setup_token or not secrets.compare_digest(
            token.encode(), self.setup_token.encode()
        ):
            raise DeniedError(403, "the set-up token is not right, or was used")
        self.add(user, password, "supervisor")
        self.setup_token = ""
        return self._open(user, "supervisor", machine=False)

    def add(self, user: str, password: str, role: str) -> None:
        """A person more.  Raises DeniedError saying what is wrong."""
        self._check_name(user, role)
        if len(password) < MIN_PASSWORD:
            raise DeniedError(422, f"password: expected {MIN_PASSWORD} characters or more")
        self._people[user] = Person(role, self._hasher.hash(password))
        self._write()

    def add_machine(self, name: str, role: str) -> str:
        """A machine's token; it is shown once and kept as a hash."""
        self._check_name(name, role)
        token = secrets.token_urlsafe(32)
        self._people[name] = Person(role, _hashed(token), machine=True)
        self._write()
        return token

    def _check_name(self, user: str, role: str) -> None:
        if role not in ROLES:
            raise DeniedError(422, f"role: expected one of {', '.join(ROLES)}")
        if not user.strip() or not user.isprintable() or len(user) > 64 or user == "rule":
            raise DeniedError(422, "user: expected 1 to 64 printable characters, and not 'rule'")
        if user in self._people:
            raise DeniedError(409, f"user: {user} is there already")

    def remove(self, user: str, *, force: bool = False) -> None:
        """Takes a person's rights, and ends their sessions.  Raises DeniedError.

        force: also the last supervisor's
        """
        if user not in self._people:
            raise DeniedError(404, f"user: nobody is called {user}")
        left = {k: p for k, p in self._people.items() if k != user}
        if not force and not any(p.role == "supervisor" and not p.machine for p in left.values()):
            raise DeniedError(409, f"user: {user} is the last supervisor")
        self._people = left
        self._write()
        self._sessions = {k: s for k, s in self._sessions.items() if s.user != user}

    def sign_in(self, user: str, password: str, address: str) -> Session:
        """A session.  Raises DeniedError: 429 after TRIES in TRIES_S, 401 otherwise."""
        now = self._clock()
        tries = self._tries[address]
        while tries and now - tries[0] > TRIES_S * NS_PER_S:
            tries.popleft()
        if len(tries) >= TRIES:
            raise DeniedError(429, "too many tries; wait a minute")
        tries.append(now)
        person = self._people.get(user)
        secret = person.secret if person is not None and not person.machine else self._nobody
        try:
            self._hasher.verify(secret, password)
        except (VerificationError, InvalidHashError):
            person = None
        if person is None or person.machine:
            raise DeniedError(401, "the name or the password is not right")
        tries.clear()
        return self._open(user, person.role, machine=False)

    def _open(self, user: str, role: str, *, machine: bool) -> Session:
        now = self._clock()
        self._sessions = {k: s for k, s in self._sessions.items() if s.until_ns > now}
        until = now + SESSION_S * NS_PER_S
        made = Session(
            secrets.token_urlsafe(32), user, role, secrets.token_urlsafe(24), until, machine
        )
        self._sessions[made.key] = made
        return made

    def welcome(self) -> Session | None:
        """A session for somebody at this machine who has not signed in, where that is open."""
        return self._open("exercise", self.guest, machine=False) if self.guest else None

    def session(self, key: str) -> Session | None:
        """The session of a cookie, if it is still open."""
        s = self._sessions.get(key)
        return s if s is not None and s.until_ns > self._clock() else None

    def machine(self, token: str) -> Session | None:
        """The session of a machine's token."""
        secret = _hashed(token)
        for name, p in self._people.items():
            if p.machine and secrets.compare_digest(p.secret, secret):
                return Session("", name, p.role, "", self._clock() + NS_PER_S, machine=True)
        return None

    def sign_out(self, key: str) -> None:
        """Ends a session."""
        self._sessions.pop(key, None)

    def agree(self, s: Session, what: tuple[str, int, int, str]) -> str:
        """Nothing when a second person has now agreed; else the words for the first.

        what: verb, subject, value, why; the second person's reason may be another.
        """
        now = self._clock()
        self._asked = {k: a for k, a in self._asked.items() if a.until_ns > now}
        key = repr(what[:3])
        asked = self._asked.get(key)
        if asked is not None and asked.who != s.user:
            del self._asked[key]
            return ""
        self._asked[key] = Asked(s.user, what, now + AGREE_S * NS_PER_S)
        return (
            f"{what[0]} needs a second person: somebody else has to ask the same within 5 minutes"
        )

    def asked_by(self, what: tuple[str, int, int]) -> str:
        """Who has asked for this and waits for a second person, "" nobody."""
        asked = self._asked.get(repr(what))
        return asked.who if asked is not None and asked.until_ns > self._clock() else ""


def allow(s: Session, role: str) -> None:
    """Raises DeniedError when the session's role is below `role`."""
    if ROLES.index(s.role) < ROLES.index(role):
        raise DeniedError(403, f"{s.user} is {s.role}; this needs {role}")


def _hashed(token: str) -> str:
    return hashlib.blake2b(token.encode(), digest_size=32).hexdigest()
