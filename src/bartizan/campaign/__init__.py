"""Raids played through the whole loop: one, or many seeds of it.

In: a site, a raid, a seed.  Out: frames of a run; shares with their intervals.
Does not: run on the live side, which cannot import it.
"""

from bartizan.campaign.night import Night
from bartizan.campaign.play import Conduct, Frame, Played, play
from bartizan.campaign.seeds import Share, share_stopped

__all__ = ["Conduct", "Frame", "Night", "Played", "Share", "play", "share_stopped"]
