"""What a person sees of a run: for now a terminal.

In: outputs and umpire events.  Out: a live view, or plain lines where there is no
terminal.  Does not: decide anything, or reach sim, evaluate or campaign.
"""

from bartizan.console.terminal import Live

__all__ = ["Live"]
