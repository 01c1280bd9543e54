"""Tracks to the air picture: what each track is, whose, and why.

In: `Scan`, `Tracks`, `Association`, `Site`.  Out: `Picture`.  Does not: judge a threat.
"""

from bartizan.picture.picture import step
from bartizan.picture.state import PictureParams, PictureState, start

__all__ = ["PictureParams", "PictureState", "start", "step"]
