"""Rules that draft claims from the lines of a report, one module a kind of fact."""
