"""Common Alerting Protocol 1.2: alarms as messages, and messages read and judged."""

from bartizan.outlets.cap.build import Book, Head, Message, step
from bartizan.outlets.cap.read import Alert, Unfit, listed, read

__all__ = ["Alert", "Book", "Head", "Message", "Unfit", "listed", "read", "step"]
