"""A campaign: one raid over many seeds, sizes and kill probabilities, kept as it goes.

In: an order, a folder.  Out: every raid with its seed, in Parquet; figures; a page.
Does not: play a raid itself (see `campaign.play`).
"""

from bartizan.campaign.many import order, page
from bartizan.campaign.many.book import Book, Lost, Row
from bartizan.campaign.many.measure import summary
from bartizan.campaign.many.order import Cell, Order, check, play_one, sized
from bartizan.campaign.many.run import Progress, conduct

__all__ = [
    "Book", "Cell", "Lost", "Order", "Progress", "Row", "check", "conduct", "order", "page", "play_one", "sized",
    "summary",
]  # fmt: skip
