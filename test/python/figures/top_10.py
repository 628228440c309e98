import tracemalloc

tracemalloc.start()


class Order:
    def __init__(self, number, items):
        self.number = number
        self.items = items


numbers = [float(i) for i in range(8000)]
names = [f'customer {i}' for i in range(4000)]
orders = [Order(i, [i, i + 1]) for i in range(1000)]
by_name = {name: [name] for name in names}
pairs = [(a, b) for a, b in zip(names, numbers)]
blocks = [bytes(1000) for _ in range(60)]
unique = set(names)
matrix = [[0] * 40 for _ in range(80)]
text = 'x' * 20_000
functions = [lambda: name for name in names[:50]]

snapshot = tracemalloc.take_snapshot()
top_stats = snapshot.statistics('lineno')

print("[ Top 10 ]")
for stat in top_stats[:10]:
    print(stat)
