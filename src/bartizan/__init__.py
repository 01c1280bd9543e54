"""bartizan: the defence cell of a site that drones may come for.

The package root holds the vocabulary (`types`, `units`, `frames`, `errors`) and the
flow (`pipeline`); every folder is a stage, a source or a sink around it.
"""

__version__ = "0.1.0"
