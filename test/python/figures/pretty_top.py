import linecache
import os
import tracemalloc


def display_top(snapshot, key_type='lineno', limit=10):
    snapshot = snapshot.filter_traces((
        tracemalloc.Filter(False, "<frozen importlib._bootstrap>"),
        tracemalloc.Filter(False, "<unknown>"),
    ))
    top_stats = snapshot.statistics(key_type)

    print("Top %s lines" % limit)
    for index, stat in enumerate(top_stats[:limit], 1):
        frame = stat.traceback[0]
        print("#%s: %s:%s: %.1f KiB"
              % (index, frame.filename, frame.lineno, stat.size / 1024))
        line = linecache.getline(frame.filename, frame.lineno).strip()
        if line:
            print('    %s' % line)

    other = top_stats[limit:]
    if other:
        size = sum(stat.size for stat in other)
        print("%s other: %.1f KiB" % (len(other), size / 1024))
    total = sum(stat.size for stat in top_stats)
    print("Total allocated size: %.1f KiB" % (total / 1024))


tracemalloc.start()

words = [f'word {i}' for i in range(10_000)]
counts = {word: [len(word)] for word in words}
letters = [list('abcdef') for _ in range(1500)]
squares = {i * 1000: (i, i) for i in range(1500)}
lines = [bytes(200) for _ in range(300)]
zeros = [0.5] * 4000
small = [[i] for i in range(100)]
smaller = [(i, i) for i in range(40)]

snapshot = tracemalloc.take_snapshot()
display_top(snapshot, limit=7)
