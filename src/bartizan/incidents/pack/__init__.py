"""An evidence pack: a zip that a stranger can check with plain Python."""

from bartizan.incidents.pack.pack import write

__all__ = ["write"]
