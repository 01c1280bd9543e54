"""The base map under the air picture: a coarse one that is shipped, and a site's own file.

In: a site's frame; PMTiles or GeoTIFF.  Out: lines, and square tiles in the site's metres.
Does not: ask the network, know a sensor, or draw anything on a screen.
"""

from bartizan.underlay.coarse import lines
from bartizan.underlay.own import Own, Tile, open_own

__all__ = ["Own", "Tile", "lines", "open_own"]
