"""The scene of a simulated raid: routes, traffic that comes by chance, weather, false echoes, faults.

In: what raid and nuisance files say, a seed.  Out: waypoints, groups, changed sensors and echoes.
Does not: move anything.
"""
