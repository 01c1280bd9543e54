"""The record on disk, and the tables that follow from its audit."""

from bartizan.incidents.store.store import Found, Store

__all__ = ["Found", "Store"]
