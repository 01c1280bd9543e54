"""Files that people write, checked: sites, raids, sources of recordings.

In: YAML.  Out: what the stages and the simulation take.  Does not: run anything.
"""

from bartizan.config.load import (
    Loaded,
    check,
    list_raids,
    list_sites,
    load_raid,
    load_site,
)

__all__ = ["Loaded", "check", "list_raids", "list_sites", "load_raid", "load_site"]
