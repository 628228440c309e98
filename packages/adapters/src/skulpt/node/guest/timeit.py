"""How long functions take. A text is run as a program's would be."""
import time
import _tracemalloc_node

default_timer = time.time
default_number = 1000000


class Timer(object):

    def __init__(self, stmt='pass', setup='pass', timer=default_timer, globals=None):
        self._names = {} if globals is None else globals
        self._stmt = self._callable(stmt)
        self._setup = self._callable(setup)
        self._timer = timer

    def _callable(self, code):
        if callable(code):
            return code
        return lambda: _tracemalloc_node.run(code, '<timeit-src>', self._names)

    def timeit(self, number=default_number):
        self._setup()
        stmt = self._stmt
        start = self._timer()
        for _ in range(number):
            stmt()
        return self._timer() - start

    def repeat(self, repeat=5, number=default_number):
        return [self.timeit(number) for _ in range(repeat)]


def timeit(stmt='pass', setup='pass', timer=default_timer, number=default_number, globals=None):
    return Timer(stmt, setup, timer, globals).timeit(number)


def repeat(stmt='pass', setup='pass', timer=default_timer, repeat=5, number=default_number, globals=None):
    return Timer(stmt, setup, timer, globals).repeat(repeat, number)
