"""Whether two incidents are one, one wave, or one campaign; ordinals; anniversaries."""

from bartizan.incidents.links.model import (
    Likeness,
    Reason,
    Traits,
    likeness,
    traits,
)
from bartizan.incidents.links.near import candidates
from bartizan.incidents.links.ordinal import Anniversary, Ordinal, anniversaries, ordinal

__all__ = [
    "Anniversary", "Likeness", "Ordinal", "Reason", "Traits", "anniversaries", "candidates",
    "likeness", "ordinal", "traits",
]  # fmt: skip
