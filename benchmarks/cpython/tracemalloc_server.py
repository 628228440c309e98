"""CPython's own tracemalloc as a baseline.

Reads one JSON request a line, `{"do": name, ...}`, and answers with one number a line: nanoseconds
a pair for the hot path, milliseconds for the rest. Blocks are made up and reported through
`_testcapi.tracemalloc_track`, so that nothing but tracemalloc itself is measured.
"""
import gc
import importlib.util
import json
import operator
import os
import random
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
import tracemalloc

import _testcapi

track = _testcapi.tracemalloc_track
untrack = _testcapi.tracemalloc_untrack
DOMAIN = 1
TRACEBACKS = 5000
MIN_PAIRS = 300000


def at_depth(depth, work, *args):
    """Calls work so that it is frame number `depth` of the stack that tracemalloc sees here."""
    if depth <= 1:
        return work(*args)
    return at_depth(depth - 1, work, *args)


# Two calls a block, as in the loops below, of a C function that does next to nothing.
def loop_cost(pointers):
    cell = [0]
    setitem = operator.setitem
    for p in pointers:
        setitem(cell, 0, p)
    for p in pointers:
        setitem(cell, 0, p)


def track_each(pointers):
    for p in pointers:
        track(DOMAIN, p, 64)


def untrack_each(pointers):
    for p in pointers:
        untrack(DOMAIN, p)


def pair_each(pointers):
    for p in pointers:
        track(DOMAIN, p, 64)
        untrack(DOMAIN, p)


class Pairs:
    """track + untrack at one stack depth."""

    def __init__(self, nframe, pattern, blocks, live):
        self.nframe = nframe
        self.pattern = pattern
        self.pointers = [i * 16 for i in range(blocks)]
        self.order = self.pointers
        if pattern == "random":
            self.order = self.pointers[:]
            random.Random(7).shuffle(self.order)
        tracemalloc.start(nframe)
        base = blocks * 16
        at_depth(nframe, track_each, range(base, base + live * 16, 16))

    def measure(self):
        passes = -(-MIN_PAIRS // len(self.pointers))
        total = sum(self.one_pass() for _ in range(passes))
        return total / passes / len(self.pointers) * 1e9

    def one_pass(self):
        now = time.perf_counter
        start = now()
        at_depth(self.nframe, loop_cost, self.pointers)
        loop = now() - start
        start = now()
        if self.pattern == "lifo":
            at_depth(self.nframe, pair_each, self.pointers)
        else:
            at_depth(self.nframe, track_each, self.pointers)
            at_depth(self.nframe, untrack_each, self.order)
        return now() - start - loop

    def close(self):
        tracemalloc.stop()


def make_functions():
    """100 files with 50 functions that pass control on, and 50 that allocate."""
    passing, allocating = [], []
    for number in range(100):
        name = "/app/pkg%d/module_%d.py" % (number // 10, number)
        for k in range(50):
            blank = "\n" * (k * 7 + number % 5)
            names = {}
            code = blank + "def go(path, at, batch, track): path[at](path, at + 1, batch, track)\n"
            exec(compile(code, name, "exec"), names)
            passing.append(names["go"])
            code = blank + "def stop(path, at, batch, track): [track(1, p, p %% 512) for p in batch]\n" % ()
            exec(compile(code, name, "exec"), names)
            allocating.append(names["stop"])
    return passing, allocating


class Analysis:
    """A snapshot of `traces` blocks over 5000 tracebacks of up to `depth` frames."""

    def __init__(self, traces, depth):
        rng = random.Random(7)
        passing, allocating = make_functions()
        tracemalloc.start(depth)
        each = traces // TRACEBACKS
        for i in range(TRACEBACKS):
            path = [rng.choice(passing) for _ in range(rng.randrange(depth))]
            path.append(allocating[i])
            batch = range(i * each * 16, (i + 1) * each * 16, 16)
            path[0](path, 1, batch, track)
        self.tracing = True
        self.snapshot = self.old = None

    def prepare(self):
        if not self.tracing:
            return
        self.snapshot = tracemalloc.take_snapshot()
        tracemalloc.stop()  # What the analysis allocates is not to be traced.
        self.tracing = False
        traces = self.snapshot.traces._traces
        self.old = tracemalloc.Snapshot(traces[len(traces) // 10:], self.snapshot.traceback_limit)

    def measure(self, what, key, cumulative):
        if what == "snapshot":
            run = tracemalloc.take_snapshot
        else:
            self.prepare()
            run = getattr(self, what)
        # Not gc.disable(): what a user waits for has the collector running.
        start = time.perf_counter()
        result = run() if what == "snapshot" else run(key, cumulative)
        elapsed = time.perf_counter() - start
        del result
        return elapsed * 1e3

    def statistics(self, key, cumulative):
        return self.snapshot.statistics(key, cumulative)

    def compare(self, key, cumulative):
        return self.snapshot.compare_to(self.old, key, cumulative)

    def filters(self, key, cumulative):
        return self.snapshot.filter_traces([
            tracemalloc.Filter(False, "<frozen importlib._bootstrap>"),
            tracemalloc.Filter(False, "<unknown>"),
            tracemalloc.Filter(True, "/app/pkg[0-4]/*"),
        ])

    def all_frames(self, key, cumulative):
        return self.snapshot.filter_traces([
            tracemalloc.Filter(True, "*/module_7.py", all_frames=True),
        ])

    def close(self):
        tracemalloc.stop()


def load_events():
    """events.c, compiled; without a compiler, the same through _testcapi, whose calls cost more."""
    folder = tempfile.mkdtemp()
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "events.c")
    built = os.path.join(folder, "events.so")
    include = "-I" + sysconfig.get_paths()["include"]
    try:
        command = [os.environ.get("CC", "cc"), "-O2", "-shared", "-fPIC", include, source, "-o", built]
        subprocess.run(command, check=True, capture_output=True)
        spec = importlib.util.spec_from_file_location("events", built)
        events = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(events)
    except (OSError, subprocess.CalledProcessError):
        return TestEvents()
    finally:
        shutil.rmtree(folder)
    return events


class TestEvents:
    """While nothing is traced, another C function is called: that is cheaper, so CPython looks slower."""

    def __init__(self):
        cell = {}
        self.off = [lambda d, a, s: cell.__setitem__(0, a), lambda d, a: cell.get(0, a)]
        self.set_on(False)

    def set_on(self, on):
        self.track, self.untrack = [track, untrack] if on else self.off


def make_callers(events):
    """As many functions that allocate as call others, in 128 files; a batch is what a visit does."""
    functions = []
    for i in range(1024):
        blank = "\n" * (i // 8)
        names = {"events": events}
        if i < 512:
            code = blank + "def go(path, at, batch): path[at](path, at + 1, batch)\n"
        else:
            code = blank + (
                "def go(path, at, batch):"
                " [events.track(d, a, s) if c == 0 else events.untrack(b, c) or events.track(d, a, s)"
                " for d, a, s, b, c in batch]\n"
            )
        exec(compile(code, "/app/pkg%d/module_%d.py" % (i % 8, i % 128), "exec"), names)
        functions.append(names["go"])
    return functions


class Stacks:
    """Stacks as a program has them: the cost of the calls themselves is that of a run while nothing is traced."""

    def __init__(self, nframe, stacks, visits, places, live, burst, domains, **ignored):
        self.calls = load_events()
        functions = make_callers(self.calls)
        self.nframe = nframe
        used = {number: tuple(functions[f] for f in stacks[number]) for number in set(visits)}
        slots = [None] * live
        self.visits = []
        event = 0
        for number in visits:
            batch = []
            for _ in range(burst):
                place = places[event]
                domain, address = event % domains + 1, 2**20 + event * 16
                freed = slots[place] or (1, 0)
                batch.append((domain, address, 64 + (event & 255) * 8, *freed))
                slots[place] = (domain, address)
                event += 1
            self.visits.append((used[number], batch))
        self.events = event
        self.off = 0
        gc.collect()
        gc.freeze()

    def run(self):
        start = time.process_time()
        for path, batch in self.visits:
            path[0](path, 1, batch)
        return (time.process_time() - start) / self.events * 1e9

    def measure(self):
        self.off = self.run()
        tracemalloc.start(self.nframe)
        self.calls.set_on(True)
        on = self.run()
        self.calls.set_on(False)
        tracemalloc.stop()
        return on - self.off

    def close(self):
        pass


def main():
    current = None
    for line in sys.stdin:
        request = json.loads(line)
        kind = request.pop("do")
        answer = 0
        if kind == "pairs":
            current = Pairs(**request)
        elif kind == "analysis":
            current = Analysis(**request)
        elif kind == "stacks":
            current = Stacks(**request)
        elif kind == "call-cost":
            answer = current.off
        elif kind == "measure":
            answer = current.measure(**request)
        elif kind == "version":
            answer = sys.version_info[1]
        elif kind == "close":
            current.close()
            current = None
            gc.collect()
        print(answer, flush=True)


main()
