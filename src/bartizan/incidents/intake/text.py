"""Reading a report: the plain text, its sentences, and what each part of it is.

In: a path, standard input, or a text.  Out: `Page` with sentences by role and offset.
Does not: change a character of the text; offsets are those of the text that is kept.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_left
from pathlib import Path
from typing import NamedTuple

from bartizan.errors import InputError

MOST_BYTES = 200_000  # assumed: a long report is 50 kB; above this a file is not one report
MOST_SENTENCE = 1500  # assumed: what runs on longer is no sentence, and is left to a person

BODY, HEADLINE, HEADING = "body", "headline", "heading"
CAPTION, BOILERPLATE, UNREAD = "caption", "boilerplate", "unread"

_BOILERPLATE = re.compile(
    r"leave a (reply|comment)|your e-?mail address|required fields|subscribe|newsletter|cookies?\b"
    r"|all rights reserved|copyright|©|share (this|on|via)|follow us|read (more|also|next)\b"
    r"|(sign|log) ?(in|up)\b|advertis|related (articles?|news|posts|stories)|privacy policy"
    r"|terms (of use|and conditions)|click here|most (read|popular)|download (the|our) app"
    r"|our (terms|standards)|print this|recommended for you|support our journalism"
    r"|save my name|skip to (main )?content|comments? \(\d+\)|back to top|powered by"
    r"|whatsapp|join (us|our)|breaking news alerts|^tags?:",
    re.I,
)
_CAPTION = re.compile(
    r"^(an? |the )?((previous|old(er)?|file|archive[ds]?|archival|stock|illustrative|undated|earlier)[ -]*"
    r"(photo|picture|image|footage|view)|photo:|picture:|image:"
    r"|(photo|file|image|picture) (photo|by|credit|courtesy)"
    r"|an image (grab|taken)|(a )?(general|satellite|aerial) view|a handout)"
    r"|\((file|archive|french|afp|ap|reuters|getty( images)?|anadolu|epa|[a-z]+/(afp|ap|reuters|getty))\)\.?$"
    r"|\[(file|archive|afp|ap|reuters|getty)[^]]*\]\.?$",
    re.I,
)
ARCHIVE = re.compile(
    r"\b(previous|old(er)?|file|archive[ds]?|archival|earlier|stock)\b[ -]*"
    r"(photo|picture|image|footage|view)|\((file|archive)\b",
    re.I,
)
_TO_A_TOOL = re.compile(  # an order to whatever reads it reports nothing: it is left to a person
    r"\b(?:ignore|disregard|forget|override) (?:all |any |the |your |these |every )*(?:previous|prior|above|earlier|preceding|other) (?:\w+ )?(?:instructions?|prompts?|rules?|text|messages?|directions?|context)\b"
    r"|\bsystem prompt\b|\byou are (?:now )?(?:an? )?(?:AI|assistant|language model|chatbot|bot)\b|\b(?:as|dear) an? (?:AI|language model|assistant)\b"
    r"|<\|?/?(?:system|im_start|im_end|instructions?|assistant)\|?>|\[/?INST\]",
    re.I,
)
_STOP = re.compile(r"[.!?…]+[”\"’'»)\]]*(?=\s|$)")
_SHORT = re.compile(
    r"\b(?:[A-Z]|Mr|Mrs|Ms|Dr|St|Gen|Lt|Col|Maj|Capt|Sgt|Brig|Cmdr|Adm|Rear|Cpl|Pvt|Gov|Sen|Rep"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|No|vs|approx|a\.m|p\.m|U\.S|U\.K|U\.N|i\.e"
    r"|e\.g|Inc|Ltd|Jr|Sr|km)\.$"
)
_NOON = re.compile(  # "at 2.40 a.m. Fragments came down" are two sentences, "5 a.m. Monday" is one
    r"\b[ap]\.m\.\n(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:[A-Z][\w’'-]+ ){0,2}(?:local |standard )?time\b|[A-Z]{2,5}\b"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec))[A-Z][a-z]+"
)
_NOT_LATIN = re.compile(
    r"[\u0370-\u03ff\u0400-\u052f\u0590-\u05ff\u0600-\u06ff\u0750-\u077f\u0900-\u0fff"
    r"\u3040-\u9fff\uac00-\ud7af]"
)
_LETTER = re.compile(r"[^\W\d_]")
_MARKUP = re.compile(
    r"\s*(<!doctype html|<html|<\?xml[^>]*>\s*<(!doctype )?html|<head|<body|<article|<div)", re.I
)


class Sentence(NamedTuple):
    """One sentence: text[start:end]; block numbers the paragraph, role says what it is."""

    start: int
    end: int
    text: str
    block: int
    role: str


class Page(NamedTuple):
    """A text as kept, its sentences, and what is to be said of it as a whole."""

    text: str
    sentences: tuple[Sentence, ...]
    notes: tuple[str, ...]

    def over(self, a: int, b: int) -> list[Sentence]:
        """The sentences that touch text[a:b]."""
        first = max(bisect_left(self.sentences, a, key=lambda s: s.start) - 1, 0)
        last = bisect_left(self.sentences, b, key=lambda s: s.start)
        return [s for s in self.sentences[first:last] if a < s.end]


def read(path: str, encoding: str | None = None) -> str:
    """The text of a file or of standard input ("-"); HTML through trafilatura.

    Raises InputError that says what was expected where the file cannot be a report.
    """
    name = "standard input" if path == "-" else path
    try:
        if path == "-":
            raw = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with Path(path).open("rb") as file:
                raw = file.read(MOST_BYTES + 1)
    except OSError as e:
        raise InputError(f"{name}: {e.strerror or e}; expected a readable text or HTML file") from e
    if len(raw) > MOST_BYTES:
        raise InputError(
            f"{name}: expected one report of at most {MOST_BYTES:,} bytes, found more; "
            "split it into its reports"
        )
    return _report(_decode(raw, name, encoding), name)


def pasted(text: str) -> str:
    """The text of a report that a person pasted, HTML too.  Raises InputError as `read` does."""
    if len(text) > MOST_BYTES:
        raise InputError(f"expected one report of at most {MOST_BYTES:,} characters, found more")
    if "\x00" in text:
        raise InputError("holds zero bytes; expected text or HTML")
    return _report(text.replace("\r\n", "\n").replace("\r", "\n"), "the pasted text")


def _report(text: str, name: str) -> str:
    if _MARKUP.match(text):
        text = _from_html(text, name)
    if not text.strip():
        raise InputError(f"{name}: the text is empty; expected a report")
    return text


def _decode(raw: bytes, name: str, encoding: str | None) -> str:
    """Bytes to text, strictly: a wrong guess would move every offset."""
    if encoding is None:
        encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except LookupError as e:
        raise InputError(f"--encoding: no encoding is called {encoding!r}") from e
    except UnicodeError as e:
        where = f" at byte {e.start}" if isinstance(e, UnicodeDecodeError) else ""
        raise InputError(
            f"{name}: not {encoding.removesuffix('-sig')}{where}; say what it is, "
            "for example --encoding windows-1252 or windows-1256"
        ) from e
    if "\x00" in text:
        raise InputError(f"{name}: holds zero bytes; expected text or HTML, or its --encoding")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _from_html(page: str, name: str) -> str:
    """The main text of a web page (trafilatura, Barbaresi 2021)."""
    try:
        import trafilatura
    except ImportError as e:
        raise InputError(
            f"{name}: HTML needs trafilatura: pip install 'bartizan[intake]', or paste the text"
        ) from e
    found = trafilatura.extract(
        page, include_comments=False, include_tables=False, favor_precision=True
    )
    if not found or len(found.split()) < 5:
        raise InputError(f"{name}: no article in this page, only boiler-plate; paste the text")
    meta = trafilatura.extract_metadata(page)
    head = str(meta.title).strip() if meta is not None and meta.title else ""
    body = re.sub(r"\n(?!\n)", "\n\n", found.strip())
    return f"{head}\n\n{body}\n" if head and not body.startswith(head) else f"{body}\n"


def parse(text: str) -> Page:
    """Sentences of a text with their roles, and notes on what cannot be read."""
    blocks = list(re.finditer(r"[^\n]*\S[^\n]*", text))
    sentences: list[Sentence] = []
    for k, block in enumerate(blocks):
        role = _role(block.group().strip(), k, len(blocks))
        for start, end in _split(block.group()):
            a, b = block.start() + start, block.start() + end
            kind = role if b - a <= MOST_SENTENCE and not _TO_A_TOOL.search(text[a:b]) else UNREAD
            sentences.append(Sentence(a, b, text[a:b], k, kind))
    notes: list[str] = []
    told = tuple(s for s in sentences if s.role in (BODY, HEADLINE, CAPTION))
    letters = len(_LETTER.findall(text))
    other = len(_NOT_LATIN.findall(text))
    if letters and other > 0.3 * letters:
        notes.append("the text is not in Latin letters: the rules read English, nothing drafted")
    elif not told and any(s.role == UNREAD and s.end - s.start > MOST_SENTENCE for s in sentences):
        notes.append(f"no sentence here: it runs on for more than {MOST_SENTENCE} characters")
    elif not told:
        notes.append("the text is all boiler-plate and headings: there is no report in it")
    return Page(text, tuple(sentences), tuple(notes))


def _role(block: str, k: int, blocks: int) -> str:
    words = block[:2000].split()
    ends = re.search(r"[.!?…:][)\]”\"’']*$", block) is not None
    if len(block) > 2000:
        return BODY
    if len(words) <= 30 and _BOILERPLATE.search(block) and not re.search(r"\b(said|told)\b", block):
        return BOILERPLATE
    if _CAPTION.search(block) and len(words) <= 40:
        return CAPTION
    if k == 0 and blocks > 1 and not ends and len(words) <= 30:
        return HEADLINE
    if not ends and len(words) <= 8 and blocks > 1 and not re.match(r"[-•*–\d]", block):
        return HEADING
    return BODY


def _split(block: str) -> list[tuple[int, int]]:
    """Starts and ends of a block's sentences; quoted sentences are split too."""
    cuts: list[int] = []
    for m in _STOP.finditer(block):
        rest = block[m.end() :].lstrip()
        platform = re.search(r"\b(?:on|via) X\.$", block[: m.start() + 1]) is not None
        if (
            m.group()[0] == "."
            and not platform
            and not _NOON.search(block[: m.start() + 1] + "\n" + rest[:24])
            and _SHORT.search(block[max(0, m.start() - 12) : m.start() + 1])
        ):
            continue
        if rest and (rest[0].islower() or rest[0] in ",;"):
            continue  # "...", he said
        cuts.append(m.end())
    spans: list[tuple[int, int]] = []
    start = 0
    for cut in [*cuts, len(block)]:
        piece = block[start:cut]
        if piece.strip():
            left = start + len(piece) - len(piece.lstrip())
            spans.append((left, start + len(piece.rstrip())))
        start = cut
    return spans
