"""What CPython's test_tracemalloc takes from test.support."""

import gc


def gc_collect():
    gc.collect()


def requires_fork():
    def decorate(function):
        return function

    return decorate


def force_not_colorized(function):
    return function


Py_DEBUG = False
