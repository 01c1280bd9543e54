"""The air picture to threats: time to the wall, closest approach, ordering, raids.

In: `Picture`, `Site`.  Out: `Threats`.  Does not: decide what people are told.
"""

from bartizan.assess.assess import step
from bartizan.assess.landing import warm
from bartizan.assess.state import AssessParams, AssessState, start

__all__ = ["AssessParams", "AssessState", "start", "step", "warm"]
