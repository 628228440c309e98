"""Bytes of objects and all that they hold: pympler.asizeof's documented functions."""

import sys

import _tracemalloc_heap as _heap


def flatsize(obj, align=0, **kw):
    """Bytes of an object alone."""
    return sys.getsizeof(obj)


basicsize = flatsize


def _parts(obj):
    if isinstance(obj, dict):
        return [part for item in obj.items() for part in item]
    if isinstance(obj, (list, tuple, set, frozenset)):
        return list(obj)
    kind = _heap.type_name(obj)
    if kind in ('module', 'type', 'function', 'builtin_function_or_method', 'method'):
        return []
    attributes = getattr(obj, '__dict__', None)
    if isinstance(attributes, dict):
        return [attributes] + [held for how, _, held in _heap.edges(obj) if how != 'class']
    return [held for how, _, held in _heap.edges(obj) if how != 'class']


def _size(objs, seen, limit):
    total = 0
    open_ = [(obj, 0) for obj in objs]
    while open_:
        obj, depth = open_.pop()
        if id(obj) in seen:
            continue
        seen.add(id(obj))
        kind = _heap.type_name(obj)
        if kind in ('module', 'type', 'function', 'builtin_function_or_method'):
            continue
        total += sys.getsizeof(obj)
        if depth < limit:
            for part in _parts(obj):
                open_.append((part, depth + 1))
    return total


def asizeof(*objs, **opts):
    """Bytes of objects with all that they hold, each object once; code and modules count as nothing."""
    return _size(objs, set(), opts.get('limit', 100))


def asizesof(*objs, **opts):
    """The same of each object, in a tuple; what two share counts at the first."""
    seen = set()
    return tuple([_size([obj], seen, opts.get('limit', 100)) for obj in objs])


def refs(obj, **opts):
    """What an object holds."""
    return iter(_parts(obj))
