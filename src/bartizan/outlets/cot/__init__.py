"""Cursor on Target: tracks as events for TAK servers and clients."""

from bartizan.outlets.cot.outlet import CotOutlet, CotParams, Events

__all__ = ["CotOutlet", "CotParams", "Events"]
