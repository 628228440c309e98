"""A cache of limited size in front of a slow function."""


class Entry:
    def __init__(self, key, value):
        self.key = key
        self.value = value
        self.before = None
        self.after = None


class Cache:
    def __init__(self, limit):
        self.limit = limit
        self.entries = {}
        self.head = Entry(None, None)
        self.tail = Entry(None, None)
        self.head.after = self.tail
        self.tail.before = self.head
        self.misses = []

    def _unlink(self, entry):
        entry.before.after = entry.after
        entry.after.before = entry.before

    def _push(self, entry):
        entry.before = self.tail.before
        entry.after = self.tail
        self.tail.before.after = entry
        self.tail.before = entry

    def get(self, key, make):
        entry = self.entries.get(key)
        if entry is None:
            self.misses.append(key)
            entry = Entry(key, make(key))
            self.entries[key] = entry
            if len(self.entries) > self.limit:
                oldest = self.head.after
                self._unlink(oldest)
                del self.entries[oldest.key]
        else:
            self._unlink(entry)
        self._push(entry)
        return entry.value


def divisors(number):
    return [one for one in range(1, number + 1) if number % one == 0]


cache = Cache(60)
sums = []
for step in range(400):
    number = (step * step * 7 + step * 3) % 127 + 300
    sums.append(sum(cache.get(number, divisors)))
history = [(key, len(cache.entries)) for key in cache.misses]
