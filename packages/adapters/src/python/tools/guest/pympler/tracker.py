"""What became more between two moments: pympler.tracker's SummaryTracker."""

from pympler import muppy, summary


class SummaryTracker:
    """Compares summaries of all objects. Its own are not among them."""

    def __init__(self, ignore_self=True):
        self.summaries = {}
        self.s0 = None
        self.s0 = self.create_summary()

    def create_summary(self):
        """Rows [type, number, bytes] of all objects there are."""
        own = set()
        for rows in [self.s0 or []] + list(self.summaries.values()):
            own.add(id(rows))
            for row in rows:
                own.add(id(row))
        own.update([id(self), id(self.summaries), id(own)])
        return summary.summarize([obj for obj in muppy.get_objects() if id(obj) not in own])

    def diff(self, summary1=None, summary2=None):
        """What the second has more than the first; without them, what there is now more than at the call before."""
        if summary1 is None:
            before, self.s0 = self.s0, self.create_summary()
            return summary.get_diff(before, self.s0)
        return summary.get_diff(summary1, self.create_summary() if summary2 is None else summary2)

    def format_diff(self, summary1=None, summary2=None):
        """The lines of a table of it: what is as it was is left out."""
        rows = [row for row in self.diff(summary1, summary2) if row[1] != 0 or row[2] != 0]
        return summary.format_(rows)

    def print_diff(self, summary1=None, summary2=None):
        """Prints that table."""
        for line in self.format_diff(summary1, summary2):
            print(line)

    def store_summary(self, key):
        """Keeps a summary under a name."""
        self.summaries[key] = self.create_summary()
