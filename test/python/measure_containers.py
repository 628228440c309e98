"""Measures what CPython allocates for containers of so many items, and writes it as JSON.

Run by hand: python3.13 test/python/measure_containers.py > test/python/containers.json
`bytes` has, by number of items, what tracemalloc counts for one container. Items are made before,
so that only the container counts. `{n}` in an expression is the number of items, `i` counts copies.
"""

import gc
import json
import sys
import tracemalloc

SIZES = [0, 1, 5, 10, 100, 1000, 10000]
ATTRIBUTES = [0, 1, 5, 10, 20, 30, 31, 40]
LITERALS = [0, 1, 5, 10, 100]

SETUP = """
from collections import defaultdict, deque
none = None
three = [none, none, none]
numbers = list(range(1000, 11000))
names = ['name%d' % number for number in range(10000)]
def appended(n):
    items = []
    for _ in range(n): items.append(none)
    return items
def inserted(n):
    items = []
    for _ in range(n): items.insert(0, none)
    return items
def extended(n):
    items = []
    for start in range(0, n, 3): items.extend(three)
    return items
def extended_by(source):
    items = []
    items.extend(source)
    return items
def added(n):
    items = []
    for start in range(0, n, 3): items += three
    return items
def sliced_in(source):
    items = [none, none]
    items[1:1] = source
    return items
def copied_in(source):
    items = [none]
    items[:] = source
    return items
def popped(n):
    items = appended(n)
    for _ in range(n // 4): items.pop()
    return items
def emptied(n):
    items = appended(n)
    items.clear()
    return items
def halved(source):
    items = source[:]
    del items[len(items) // 2:]
    return items
def generated(source):
    for number in source: yield number
def by_item(keys):
    table = {}
    for key in keys: table[key] = none
    return table
def by_default(keys):
    table = {}
    for key in keys: table.setdefault(key, none)
    return table
def updated(other):
    table = {}
    table.update(other)
    return table
def thinned(keys, rest):
    table = by_item(keys)
    for key in rest: del table[key]
    return table
def cleared(keys):
    table = by_item(keys)
    table.clear()
    return table
def set_of(keys):
    found = set()
    for key in keys: found.add(key)
    return found
def set_updated(keys):
    found = set()
    found.update(keys)
    return found
def set_merged(other):
    found = set()
    found |= other
    return found
def set_thinned(keys, rest):
    found = set_of(keys)
    for key in rest: found.discard(key)
    return found
def queue_of(keys):
    queue = deque()
    for key in keys: queue.append(key)
    return queue
def passed_through(keys):
    queue = deque()
    for key in keys:
        queue.append(key)
        if len(queue) > 3: queue.popleft()
    return queue
def counted(keys):
    table = defaultdict(list)
    for key in keys: table[key] = none
    return table
def instance(n):
    made = Plain()
    for name in names[:n]: setattr(made, name, none)
    return made
class Plain(object): pass
def prepared(n):
    some = numbers[:n]
    keys = names[:n]
    return dict(
        some=some, fixed=tuple(some), keys=keys, rest=keys[n // 2:], some_rest=some[n // 2:],
        table=by_item(some), named=by_item(keys), found=set_of(some), other=set_of(some), one={none},
    )
"""

KINDS = {
    'list': {
        'appended': 'appended({n})',
        'inserted at 0': 'inserted({n})',
        'comprehension': '[none for _ in range({n})]',
        'comprehension with a condition': '[number for number in some if number > 0]',
        '[x] * n': '[none] * {n}',
        'slice': 'numbers[:{n}]',
        'copy()': 'some.copy()',
        'a + b': 'some + three',
        'list(list)': 'list(some)',
        'list(tuple)': 'list(fixed)',
        'list(dict)': 'list(table)',
        'list(dict.values())': 'list(table.values())',
        'list(set)': 'list(found)',
        'list(generator)': 'list(generated(some))',
        'list(range)': 'list(range({n}))',
        'list(map)': 'list(map(bool, some))',
        'sorted(list)': 'sorted(some)',
        'sorted(set)': 'sorted(found)',
        'extended at once': 'extended_by(some)',
        'extended by 3': 'extended({n})',
        '+= by 3': 'added({n})',
        'slice assigned': 'sliced_in(some)',
        'slice assigned to all': 'copied_in(some)',
        'appended, a quarter popped': 'popped({n})',
        'half deleted': 'halved(some)',
        'cleared': 'emptied({n})',
    },
    'tuple': {
        'tuple(list)': 'tuple(some)',
        'tuple(generator)': 'tuple(generated(some))',
        'slice': 'fixed[1:]',
        'a + b': 'fixed + (none,)',
    },
    'dict': {
        'int keys, item by item': 'by_item(some)',
        'str keys, item by item': 'by_item(keys)',
        'comprehension': '{{number: none for number in some}}',
        'setdefault': 'by_default(keys)',
        'update': 'updated(named)',
        'copy()': 'named.copy()',
        'dict(dict)': 'dict(table)',
        'dict(zip)': 'dict(zip(keys, some))',
        'dict.fromkeys': 'dict.fromkeys(keys)',
        'half deleted': 'thinned(keys, rest)',
        'cleared': 'cleared(keys)',
        'defaultdict': 'counted(keys)',
    },
    'set': {
        'item by item': 'set_of(some)',
        'set(list)': 'set(some)',
        'set(set)': 'set(found)',
        'copy()': 'found.copy()',
        'comprehension': '{{number for number in some}}',
        'update(list)': 'set_updated(some)',
        '|= set': 'set_merged(found)',
        'a | b': 'found | one',
        'a - b': 'found - one',
        'a & b': 'found & other',
        'a ^ b': 'found ^ one',
        'half discarded': 'set_thinned(some, some_rest)',
        'frozenset(list)': 'frozenset(some)',
        'frozenset(set)': 'frozenset(found)',
    },
    'deque': {
        'appended': 'queue_of(some)',
        'deque(list)': 'deque(some)',
        'passed through': 'passed_through(some)',
    },
    'str and bytes': {
        'ASCII': "'a' * {n} + '%05da' % i",
        'Latin-1': "'\\xe9' * {n} + '%05db' % i",
        'UCS-2': "'\\u4e2d' * {n} + '%05dc' % i",
        'UCS-4': "'\\U0001f600' * {n} + '%05dd' % i",
        'bytes(n)': 'bytes({n} + 2)',
    },
    'nested': {
        'list of lists': '[[none] for _ in range({n})]',
        'dict of tuples': '{{number: (number, none) for number in some}}',
    },
}
BY_TEXT = {
    'literal of variables': ('[{items}]', 'none'),
    'tuple literal of variables': ('({items})', 'none,'),
    'dict literal': ('{{{items}}}', "'k{i}': none"),
    'set literal': ('{{none, {items}}}', 'numbers[{i}]'),
}
ATTRIBUTE_KINDS = {
    'attributes by setattr': ('class {c}(object): pass', 'setattr(made, names[{i}], none)'),
    'attributes': ('class {c}(object): pass', 'made.a{i} = none'),
    'slots': ('class {c}(object): __slots__ = [{slots}]', 'made.a{i} = none'),
    'attributes of a list': ('class {c}(list): pass', 'made.a{i} = none'),
    'attributes of an exception': ('class {c}(Exception): pass', 'made.a{i} = none'),
}


def sources():
    """(group, name, n, code that defines things, expression) of every container."""
    for group, kinds in KINDS.items():
        for name, expression in kinds.items():
            for n in SIZES:
                yield group, name, n, '', expression.format(n=n)
    for name, (outer, item) in BY_TEXT.items():
        for n in LITERALS:
            if n == 0 and 'tuple' in name:
                continue
            separator = ' ' if item.endswith(',') else ', '
            items = separator.join(item.format(i=i) for i in range(n))
            yield 'literal', name, n, '', outer.format(items=items)
    for number, (name, (head, store)) in enumerate(ATTRIBUTE_KINDS.items()):
        for n in ATTRIBUTES:
            c = 'C%d_%d' % (number, n)
            slots = ', '.join("'a%d'" % i for i in range(n))
            stores = ''.join('    %s\n' % store.format(i=i) for i in range(n))
            code = '%s\ndef make_%s():\n    made = %s()\n%s    return made\n' % (
                head.format(c=c, slots=slots), c, c, stores)
            yield 'instance', name, n, code, 'make_%s()' % c


def measure():
    space = {}
    exec(compile(SETUP, '<measured>', 'exec'), space)
    # A full collection empties CPython's lists of dead objects to use again.
    space['drain'] = gc.collect
    result = []
    for group, name, n, code, expression in sources():
        copies = 10 if n < 200 else 2
        text = '%s\ndef make(keep):\n    for i in range(%d): drain(); keep[i] = %s\n' % (
            code, copies, expression)
        exec(compile(text, '<measured>', 'exec'), space)
        space.update(space['prepared'](n))
        keep = [None] * copies
        warm = [None] * copies
        # The first thirty objects of a class get more room than later ones.
        if group == 'instance':
            for _ in range(4): space['make'](warm)
        gc.freeze()
        tracemalloc.start(1)
        space['make'](keep)
        gc.collect()
        snapshot = tracemalloc.take_snapshot()
        tracemalloc.stop()
        traces = snapshot.filter_traces([tracemalloc.Filter(True, '<measured>')]).traces
        size = sum(trace.size for trace in traces)
        result.append({
            'group': group, 'name': name, 'n': n, 'code': code, 'expression': expression,
            'bytes': round(size / copies),
        })
    return result


print('{\n"python": %s,\n"setup": %s,\n"containers": [' % (
    json.dumps('.'.join(map(str, sys.version_info[:3]))), json.dumps(SETUP)))
print(',\n'.join(json.dumps(row) for row in measure()))
print(']}')
