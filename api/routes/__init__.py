"""Doors: each module holds the addresses of one errand; none decides anything itself."""
