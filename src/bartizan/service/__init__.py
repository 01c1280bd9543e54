"""The live service: feeds in, one flow, a journal that survives, a picture for whoever looks.

In: live sources, people's acts, a clock.  Out: a journal, pictures, outlets fed.
Does not: serve HTTP (see `console`), know the simulation, or decide anything itself.
"""

from bartizan.service.line import Line
from bartizan.service.sources import Source
from bartizan.service.watch import Service

__all__ = ["Line", "Service", "Source"]
