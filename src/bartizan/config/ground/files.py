"""What a site file says of the ground, of its map and of what stands on it.

In: `terrain:`, `base_map:` and `buildings:`.  Out: checked parts.  Does not: read an elevation file.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Strict, StrictInt

from bartizan.config.feeds import Name, Part, Positive

Metre = Annotated[float, Strict(), Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
Corner = tuple[Metre, Metre]


class TerrainFile(Part):
    """Where the heights of the ground are from: elevation files, or invented."""

    file: Name | Annotated[tuple[Name, ...], Field(min_length=1, max_length=9)] | None = None
    synthetic: Literal["ridge", "hills"] | None = None
    seed: Annotated[StrictInt, Field(ge=0, le=2**31)] = 0
    reach_m: Positive | None = None
    cell_m: Positive | None = None

    def names(self) -> tuple[str, ...]:
        """The elevation files."""
        if self.file is None:
            return ()
        return (self.file,) if isinstance(self.file, str) else self.file


class BaseMapFile(Part):
    """The map under the picture; credit: whose it is, where the file does not say so."""

    file: Name
    credit: Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")] = ""


class BuildingFile(Part):
    """A building; its roof is level, at its height above the ground of its middle."""

    name: Name
    corners_m: Annotated[tuple[Corner, ...], Field(min_length=3, max_length=200)]
    height_m: Positive
