"""A run's report: one self-contained HTML file, made from the journal alone.

In: a run folder.  Out: report.html.  Does not: read truth, or need a network.
"""

from bartizan.report.page import write

__all__ = ["write"]
