"""Measures what CPython allocates for one object of each kind, and writes it as JSON.

Run by hand: python3.13 test/python/measure_sizes.py > packages/adapters/test/brython/sizes.json
`traced` is what tracemalloc counts for one object, `blocks` in how many blocks, `getsizeof` what
sys.getsizeof says. Values that the object merely refers to are made before.
"""
import json
import sys
import tracemalloc

N = 400

SETUP = """
import weakref
from collections import Counter, OrderedDict, defaultdict, deque
from functools import partial
from types import CellType as cell
class Plain: pass
class Empty2: pass
class One:
    def __init__(self, v): self.a = v
class Three:
    def __init__(self, v):
        self.a = v; self.b = v; self.c = v
class Ten:
    def __init__(self, v):
        self.a = v; self.b = v; self.c = v; self.d = v; self.e = v
        self.f = v; self.g = v; self.h = v; self.i = v; self.j = v
class Slots0: __slots__ = ()
class Slots2:
    __slots__ = ('a', 'b')
    def __init__(self): self.a = self.b = None
class MyList(list): pass
class MyDict(dict): pass
class MyTuple(tuple): pass
class MyError(Exception): pass
class MyInt(int): pass
class MyStr(str): pass
class M:
    def method(self): pass
def function(): pass
def with_default(a=None): pass
def generator():
    yield 1
def appended(n):
    items = []
    for i in range(n): items.append(None)
    return items
def counted(n): return [None for _ in range(n)]
def filled(n):
    d = {}
    for i in numbers[:n]: d[i] = None
    return d
def named(n):
    d = {}
    for i in range(n): d[names[i]] = None
    return d
names = [sys.intern('name%d' % i) for i in range(2000)]
def full_set(n):
    s = set()
    for i in numbers[:n]: s.add(i)
    return s
numbers = list(range(2000))
variable = None
number = 2.5
bound = M()
source = [None] * 5
pairs = {'a': None, 'b': None}
def closure(v):
    def inner(): return v
    return inner
bytes_object = b'abc'
some_set = {1, 2}
some_range = range(3)
def make_function():
    def f(): pass
    return f
"""

KINDS = {
    'float': 'number * 1.5', 'complex': 'complex(1, 1)', 'object': 'object()',
    'list_0': '[]', 'list_1': '[None]', 'list_3': '[None, None, None]', 'list_10': '[None] * 10', 'list_100': '[None] * 100',
    'list_append_1': 'appended(1)', 'list_append_5': 'appended(5)', 'list_append_10': 'appended(10)',
    'list_append_100': 'appended(100)', 'list_append_1000': 'appended(1000)', 'list_comprehension_10': 'counted(10)',
    'list_comprehension_100': 'counted(100)', 'list_copy_5': 'source.copy()', 'list_from_range_20': 'list(numbers[:20])', 'list_sorted_5': 'list(source)',
    'tuple_1': '(variable,)', 'tuple_2': '(variable, variable)', 'tuple_10': 'tuple([None] * 10)',
    'dict_0': '{}', 'dict_1': "{'a': None}", 'dict_literal_5': "{'a': 1, 'b': 2, 'c': 3, 'd': 4, 'e': 5}",
    'dict_literal_8': "{'a': 1, 'b': 2, 'c': 3, 'd': 4, 'e': 5, 'f': 6, 'g': 7, 'h': 8}",
    'dict_int_1': 'filled(1)', 'dict_int_5': 'filled(5)', 'dict_int_6': 'filled(6)', 'dict_int_10': 'filled(10)', 'dict_int_100': 'filled(100)', 'dict_int_1000': 'filled(1000)',
    'dict_str_5': 'named(5)', 'dict_str_6': 'named(6)', 'dict_str_10': 'named(10)', 'dict_str_100': 'named(100)', 'dict_str_1000': 'named(1000)',
    'dict_copy_2': 'pairs.copy()', 'set_0': 'set()', 'set_3': '{1, 2, 3}', 'set_5': 'full_set(5)', 'set_10': 'full_set(10)', 'set_100': 'full_set(100)', 'set_1000': 'full_set(1000)', 'frozenset_3': 'frozenset([1, 2, 3])',
    'bytes_10': 'bytes(10)', 'bytes_100': 'bytes(100)', 'bytearray_0': 'bytearray()', 'bytearray_10': 'bytearray(10)', 'bytearray_100': 'bytearray(100)', 'memoryview': 'memoryview(bytes_object)',
    'range': 'range(1, 9)', 'slice': 'slice(variable)', 'plain': 'Plain()', 'one': 'One(None)', 'three': 'Three(None)', 'ten': 'Ten(None)',
    'slots_0': 'Slots0()', 'slots_2': 'Slots2()', 'my_list_0': 'MyList()', 'my_list_3': 'MyList([1, 2, 3])', 'my_dict_0': 'MyDict()', 'my_tuple_2': 'MyTuple((1, 2))',
    'error_0': 'ValueError()', 'error_1': 'ValueError(None)', 'my_error_1': 'MyError(None)', 'key_error': 'KeyError(None)', 'os_error': 'OSError(2, None)', 'stop_iteration': 'StopIteration()',
    'function': 'make_function()', 'lambda': '(lambda: None)', 'closure': 'closure(None)', 'generator': 'generator()', 'genexpr': '(x for x in source)', 'bound_method': 'bound.method',
    'builtin_method': 'source.append', 'list_iterator': 'iter(source)', 'tuple_iterator': 'iter((1, 2))', 'dict_key_iterator': 'iter(pairs)', 'set_iterator': 'iter(some_set)', 'range_iterator': 'iter(some_range)', 'str_iterator': "iter('abc')",
    'dict_items': 'pairs.items()', 'dict_keys': 'pairs.keys()', 'dict_values': 'pairs.values()', 'enumerate': 'enumerate(source)', 'zip': 'zip(source, source)', 'map': 'map(str, source)', 'filter': 'filter(None, source)', 'reversed': 'reversed(source)',
    'property': 'property(function)', 'staticmethod': 'staticmethod(function)', 'classmethod': 'classmethod(function)', 'class': "type('T', (), {})", 'deque': 'deque()', 'weakref': 'weakref.ref(function)', 'ordered_dict': 'OrderedDict()', 'defaultdict': 'defaultdict(list)', 'cell': 'cell(None)', 'counter': 'Counter()', 'partial': 'partial(len, None)',
    'str_ascii_10': "'a' * 9 + chr(97 + i % 26)", 'str_latin_10': "'é' * 9 + chr(97 + i % 26)", 'str_ucs2_10': "'я' * 9 + chr(97 + i % 26)", 'str_ucs4_10': "'😀' * 9 + chr(97 + i % 26)",
    'int_1000': 'i + 1000', 'int_2_31': 'i + 2 ** 31', 'int_2_62': 'i + 2 ** 62', 'int_2_100': 'i + 2 ** 100', 'my_int': 'MyInt(5)', 'my_str': "MyStr('abc')",
}


def drain_free_lists():
    """Keeps so many objects that CPython's lists of dead ones to use again are empty."""
    kept = [[] for _ in range(300)] + [{} for _ in range(300)] + [{'a': 1} for _ in range(300)]
    kept += [tuple([None] * n) for n in range(1, 24) for _ in range(2200)]
    kept += [float(n) * 1.5 for n in range(400)] + [slice(None, n) for n in range(4)]
    return kept


def measure():
    space = {'sys': sys}
    exec(SETUP, space)
    drained = drain_free_lists()
    result = {}
    for name, expression in KINDS.items():
        exec(f'def make(keep):\n    for i in range(300, {N} + 300): keep[i - 300] = {expression}\n', space)
        warm = [None] * N
        drained.append(warm)
        space['make'](warm)
        keep = [None] * N
        drained.append(keep)
        code = space['make'].__code__.co_filename
        tracemalloc.start(1)
        space['make'](keep)
        snapshot = tracemalloc.take_snapshot()
        tracemalloc.stop()
        traces = snapshot.filter_traces([tracemalloc.Filter(True, code), tracemalloc.Filter(True, '<string>')]).traces
        size = sum(trace.size for trace in traces)
        result[name] = {
            'expression': expression,
            'traced': round(size / N),
            'blocks': round(len(traces) / N, 2),
            'getsizeof': sys.getsizeof(keep[-1]),
        }
    drained.clear()
    return result


print(json.dumps({'python': '.'.join(map(str, sys.version_info[:3])), 'setup': SETUP, 'kinds': measure()}, indent=2, ensure_ascii=True))
