import tracemalloc

tracemalloc.start()

kept = [[i] * 10 for i in range(500)]
names = {f'key {i}': i for i in range(2000)}
buffer = bytearray(50_000)

snapshot1 = tracemalloc.take_snapshot()
kept.extend([i] * 10 for i in range(700))
more = [f'value {i}' for i in range(3000)]
del buffer
names.clear()
tree = None
for i in range(300):
    tree = (i, tree)
snapshot2 = tracemalloc.take_snapshot()

top_stats = snapshot2.compare_to(snapshot1, 'lineno')

print("[ Top 10 differences ]")
for stat in top_stats[:7]:
    print(stat)
