"""A queue at a counter, an event loop, and running statistics, with collections."""

from collections import defaultdict, deque


class Random:
    """The same numbers everywhere."""

    def __init__(self, seed):
        self.state = seed

    def next(self, limit):
        self.state = (self.state * 1103 + 12345) % 65536
        return self.state % limit


class Customer:
    def __init__(self, number, arrival, items):
        self.number = number
        self.arrival = arrival
        self.items = items
        self.served = None


class Counter:
    def __init__(self):
        self.waiting = deque()
        self.current = None
        self.left = 0
        self.done = []

    def arrive(self, customer):
        self.waiting.append(customer)

    def tick(self, time):
        if self.left > 0:
            self.left -= 1
        elif self.current is not None:
            self.current.served = time
            self.done.append(self.current)
            self.current = None
        if self.current is None and self.waiting:
            self.current = self.waiting.popleft()
            self.left = self.current.items


class Statistics:
    def __init__(self):
        self.values = []
        self.means = []

    def add(self, value):
        self.values.append(value)
        self.means.append(sum(self.values) / len(self.values))


def simulate(ticks, random):
    counter = Counter()
    statistics = Statistics()
    events = []
    number = 0
    for time in range(ticks):
        if random.next(100) < 30:
            number += 1
            counter.arrive(Customer(number, time, 1 + random.next(6)))
            events.append({'time': time, 'customer': number})
        counter.tick(time)
        statistics.add(len(counter.waiting))
    return counter, statistics, events


def histogram(values):
    counts = defaultdict(int)
    for value in values:
        counts[value] += 1
    return counts


def running(values, width):
    window = deque()
    results = []
    for value in values:
        window.append(value)
        if len(window) > width:
            window.popleft()
        results.append(sum(window) / len(window))
    return results


counter, statistics, events = simulate(600, Random(42))
waits = [(one.number, one.served - one.arrival) for one in counter.done]
counts = histogram(statistics.values)
smooth = running(statistics.values, 8)
by_items = defaultdict(list)
for customer in counter.done:
    by_items[customer.items].append(customer)
bars = ['*' * value + ' ' + str(value) for value in sorted(counts)]
sieve = [True] * 2000
primes = []
for number in range(2, 2000):
    if sieve[number]:
        primes.append(number)
        sieve[number * number :: number] = [False] * len(sieve[number * number :: number])
