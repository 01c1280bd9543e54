"""Aids beside the rules, each off unless asked for: a grammar, and an endpoint that is asked."""
