"""Planning: where the next sensor belongs, and what the outcome is sensitive to.

In: a site, candidates, a raid.  Out: a choice with a stated probability of being right.
Does not: place anything by itself.
"""

from bartizan.campaign.plan.layouts import Candidate, Choice, check, choose
from bartizan.campaign.plan.select import Selected, select

__all__ = ["Candidate", "Choice", "Selected", "check", "choose", "select"]
