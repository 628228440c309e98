"""Peaks of small functions in CPython, as JSON: python3.13 measure_peaks.py > peaks.json

Each function is called once before it is measured, so that what CPython keeps for itself (free
lists, caches of types) is there already. Those whose names begin with many_ make garbage that
CPython frees at once, and that an interpreter with a garbage collector has for a while.
"""

import gc
import inspect
import json
import sys
import tracemalloc


def bytes_of_zeros():
    return len(bytes(300_000))


def many_bytearrays():
    for _ in range(5):
        block = bytearray(400_000)
    return len(block)


def bytearray_grown_by_append():
    grown = bytearray()
    for i in range(20_000):
        grown.append(i & 255)
    return len(grown)


def bytearray_grown_by_extend():
    grown = bytearray()
    for _ in range(100):
        grown.extend(b'0123456789' * 100)
    return len(grown)


def bytes_joined():
    parts = [b'x' * 1000 for _ in range(100)]
    return len(b''.join(parts))


def bytes_sliced():
    data = b'y' * 600_000
    return len(data[100_000:])


def list_repeated():
    return len([None] * 300_000)


def list_of_ints():
    return len([i * 3 for i in range(30_000)])


def list_of_floats():
    return len([i * 0.5 for i in range(30_000)])


def list_appended():
    items = []
    for i in range(40_000):
        items.append(None)
    return len(items)


def many_slices():
    items = [float(i % 1000) for i in range(20_000)]
    return len(sorted(items[::2]))


def many_lists():
    total = 0
    for _ in range(20):
        row = list(range(10_000))
        total += len(row)
    return total


def matrix():
    return len([[0.0] * 200 for _ in range(200)])


def many_products():
    a = [[float(i + j) for j in range(20)] for i in range(20)]
    b = [[sum(a[i][k] * a[k][j] for k in range(20)) for j in range(20)] for i in range(20)]
    return len(b)


def dict_of_ints():
    return len({i: i + 1000 for i in range(20_000)})


def many_empty_lists():
    groups = {}
    for i in range(20_000):
        groups.setdefault(i % 100, []).append(None)
    return len(groups)


def set_of_ints():
    return len({i * 7 for i in range(20_000)})


def text_repeated():
    return len('z' * 1_000_000)


def text_joined():
    return len(','.join([str(i) for i in range(20_000)]))


def many_texts():
    text = ''
    for i in range(2_000):
        text += 'abcdefghij'
    return len(text)


def many_long_texts():
    text = 'spam and eggs ' * 1_000
    return len(text.replace('spam', 'ham'))


def text_split():
    return len(('word ' * 20_000).split())


def instances():
    class Point:
        def __init__(self, x, y):
            self.x = x
            self.y = y

    return len([Point(float(i), None) for i in range(5_000)])


def tuples():
    return len([(i * 0.5, None) for i in range(10_000)])


def many_floats_of_a_generator():
    return sum(i * 0.5 for i in range(20_000))


def recursion():
    def depth(n):
        held = [None] * 1000
        return len(held) if n == 0 else depth(n - 1)

    return depth(100)


def two_phases():
    first = len([None] * 100_000)
    second = len([None] * 250_000)
    return first + second


def many_items_freed():
    big = [None] * 200_000
    del big
    return len([None] * 150_000)


FUNCTIONS = [
    value
    for value in list(globals().values())
    if inspect.isfunction(value) and value.__module__ == '__main__'
]


def peak_of(function):
    function()
    gc.collect()
    tracemalloc.clear_traces()
    tracemalloc.reset_peak()
    function()
    return tracemalloc.get_traced_memory()[1]


if __name__ == '__main__':
    tracemalloc.start(25)
    answers = {
        function.__name__: {'source': inspect.getsource(function), 'peak': peak_of(function)}
        for function in FUNCTIONS
    }
    json.dump(answers, sys.stdout, indent=1)
    print()
