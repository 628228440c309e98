"""CPython's side of the benchmark: a round for each line on standard input, times in ms as JSON."""
import gzip
import json
import pickle
import sys
import time
import tracemalloc

snapshot = tracemalloc.Snapshot.load(sys.argv[1])
print(json.dumps({"version": sys.version.split()[0], "traces": len(snapshot.traces)}), flush=True)
for _ in sys.stdin:
    start = time.perf_counter()
    data = pickle.dumps(snapshot, pickle.HIGHEST_PROTOCOL)
    dumped = time.perf_counter()
    loaded = pickle.loads(data)
    end = time.perf_counter()
    del loaded
    round = {"dump": (dumped - start) * 1000, "load": (end - dumped) * 1000, "bytes": len(data)}
    print(json.dumps(round), flush=True)
with open(sys.argv[1] + ".own", "wb") as file:
    file.write(data)
