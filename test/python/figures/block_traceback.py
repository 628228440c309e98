import tracemalloc

# Store 25 frames
tracemalloc.start(25)


def read(count):
    return [f'line {i}' for i in range(count)]


def load(depth):
    if depth:
        return load(depth - 1)
    return read(5000)


def main():
    return {'lines': load(3)}


application = main()

snapshot = tracemalloc.take_snapshot()
top_stats = snapshot.statistics('traceback')

# pick the biggest memory block
stat = top_stats[0]
print("%s memory blocks: %.1f KiB" % (stat.count, stat.size / 1024))
for line in stat.traceback.format():
    print(line)
