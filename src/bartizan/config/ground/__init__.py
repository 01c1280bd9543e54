"""The ground of a site file: what is written of it, elevation files, invented ground.

In: `terrain:` and `buildings:` of a site's file, elevation files.  Out: a `Terrain` grid.
Does not: look along it (see `bartizan.terrain.sight`).
"""
