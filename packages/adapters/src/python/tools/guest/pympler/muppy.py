"""All objects of the program: pympler.muppy's documented functions."""

import sys

import _tracemalloc_heap as _heap


def get_objects(remove_dups=True, include_frames=False):
    """All containers, and instances, that a root reaches."""
    return _heap.objects()


def get_size(objects):
    """Bytes of some objects, each alone."""
    return sum([sys.getsizeof(obj) for obj in objects])


def get_diff(left, right):
    """What was added to, and removed from, a list of objects."""
    before = set([id(obj) for obj in left])
    after = set([id(obj) for obj in right])
    return {
        '+': [obj for obj in right if id(obj) not in before],
        '-': [obj for obj in left if id(obj) not in after],
    }


def sort(objects):
    """By bytes, smallest first."""
    return sorted(objects, key=sys.getsizeof)


def filter(objects, Type=None, min=-1, max=-1):
    """Those of a type, or of a size."""
    if max > -1 and min > max:
        raise ValueError('minimum must be smaller than maximum')
    found = objects
    if Type is not None:
        found = [obj for obj in found if isinstance(obj, Type)]
    if min > -1:
        found = [obj for obj in found if sys.getsizeof(obj) >= min]
    if max > -1:
        found = [obj for obj in found if sys.getsizeof(obj) <= max]
    return found


def get_referents(object, level=1):
    """What an object holds, up to a depth."""
    found = _heap.referents(object)
    for _ in range(level - 1):
        found = found + [other for held in found for other in _heap.referents(held)]
    return found
