"""The outlet `cap`: each message a file in a folder, and posted to an address if one is given.

In: outputs.  Out: files, requests.  Does not: sound anything.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from bartizan.outlets.cap.build import Book, Head, step
from bartizan.outlets.cap.resume import resumed
from bartizan.outlets.sending import Health, Sender
from bartizan.outlets.wire import Folder, Post
from bartizan.types import Mode, Output, Site


class CapParams(NamedTuple):
    """Settings of the outlet.

    mode: what it is for; another is refused   folder: where messages are kept   sender: who
    sends, as an address without spaces   restriction: whom they are for   url: where each is
    posted too, "" nowhere
    """

    folder: Path
    sender: str
    restriction: str
    url: str = ""
    mode: Mode = Mode.LIVE


class CapOutlet:
    """Tells alarms; see `build`."""

    def __init__(self, site: Site, mode: Mode, params: CapParams) -> None:
        """What was told before a restart is looked for with the first output."""
        self._head = Head(site, mode, params.sender, params.restriction)
        self._book: Book | None = None
        self._folder = params.folder
        self._senders = [Sender("cap", lambda: Folder(params.folder, ".xml"))]
        if params.url:
            post = Post(params.url, "application/cap+xml")
            self._senders.append(Sender("cap post", lambda: post))

    def see(self, output: Output) -> None:
        """A message for each alarm that is new, has changed or is over."""
        book = self._book or resumed(self._folder, self._head, output.t_ns)
        self._book, messages = step(book, output, self._head)
        for m in messages:
            for sender in self._senders:
                sender.put(m.identifier, m.data, keep=True)

    def health(self) -> Health:
        """How sending goes: of the address where there is one, unless the folder is in trouble."""
        folder, *post = (s.health() for s in self._senders)
        return folder if not folder.connected or not post else post[0]

    def close(self) -> None:
        """Sends what waits."""
        for sender in self._senders:
            sender.close()
