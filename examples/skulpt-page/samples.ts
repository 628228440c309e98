/** Programs to begin with, by title. */
export const samples: Readonly<Record<string, string>> = {
  'Which line keeps it?': `import tracemalloc

tracemalloc.start()


class Order:
    def __init__(self, number):
        self.number = number
        self.lines = ['line %d of order %d' % (i, number) for i in range(5)]


orders = [Order(number) for number in range(200)]
draft = [Order(number) for number in range(200)]
draft = None

snapshot = tracemalloc.take_snapshot()
for statistic in snapshot.statistics('lineno')[:3]:
    print(statistic)
`,
  'Two snapshots': `import tracemalloc

tracemalloc.start(10)
cache = {}


def look_up(key):
    if key not in cache:
        cache[key] = [key] * 50
    return cache[key]


before = tracemalloc.take_snapshot()
for number in range(500):
    look_up('user %d' % number)
after = tracemalloc.take_snapshot()

for difference in after.compare_to(before, 'lineno')[:3]:
    print(difference)

print('The biggest of them came from:')
biggest = after.compare_to(before, 'traceback')[0]
for line in biggest.traceback.format():
    print(line)
`,
  'Peak and current': `import tracemalloc

tracemalloc.start()


def report(when):
    current, peak = tracemalloc.get_traced_memory()
    print('%-16s %8d bytes now, %8d at the peak' % (when, current, peak))


report('at first')
table = [[row * column for column in range(100)] for row in range(100)]
report('with a table')
total = sum(sum(row) for row in table)
table = None
report('without it')
tracemalloc.reset_peak()
report('after a reset')
`,
  'An endless loop': `import time

kept = []
while True:
    kept.append('tick %d' % len(kept))
    print(kept[-1])
    time.sleep(0.2)
`,
};
