"""Sizes of objects with all that they hold, and counts by type: pympler's asizeof, muppy and summary."""
