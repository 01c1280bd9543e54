"""After: what happened, who says so, and whether there is more to come."""
