"""Limits on what a test allocates or leaks, with the meanings of pytest-memray's marks, for unittest.

    class Tests(MemoryLimits, unittest.TestCase):
        memory_limit = '24 MB'            # for each test of the class that has no limit of its own

        @limit_leaks('1 KB', warmups=True)
        def test_cache(self): ...

A limit is a number of bytes, or a text such as '24 MB' (1 KB = 1 KiB = 1024 B). A test fails at its limit.
"""

import gc
import sys
import tracemalloc

_units = ('B', 'K', 'M', 'G', 'T')


class StackFrame:
    """A frame of a Stack: its function ('' = not known), file and line."""

    def __init__(self, function, filename, lineno):
        self.function = function
        self.filename = filename
        self.lineno = lineno


class Stack:
    """Where leaked memory was allocated; frames are the most recent first."""

    def __init__(self, frames):
        self.frames = frames


def _parse(limit, name):
    if isinstance(limit, (int, float)) and not isinstance(limit, bool) and limit >= 0:
        return limit
    text = str(limit).strip().upper()
    end = 0
    while end < len(text) and text[end] in '0123456789.':
        end += 1
    unit = text[end:].strip()
    power = _units.index(unit[0]) if unit and unit[0] in _units else 0
    known = ('', 'B') if power == 0 else (_units[power], _units[power] + 'B', _units[power] + 'IB')
    try:
        if isinstance(limit, str) and unit in known:
            return float(text[:end]) * 1024 ** power
    except ValueError:
        pass
    raise ValueError(name + " must be a number of bytes or a text such as '24 MB', got " + repr(limit))


def _text(size):
    for unit in ('B', 'KiB', 'MiB', 'GiB'):
        if size < 1024:
            break
        size /= 1024.0
    else:
        unit = 'TiB'
    return '%.1f' % size + unit


def _check_host(name):
    # Skulpt: there what a tool calls is not recorded, and every limit would be kept.
    if not hasattr(sys, 'settrace'):
        raise NotImplementedError(name + ' is not possible in this host: what a tool calls is not recorded here')


def _marked(wrapper, func, name):
    for attribute in ('__name__', '__qualname__', '__doc__', '__module__'):
        try:
            setattr(wrapper, attribute, getattr(func, attribute))
        except Exception:
            pass
    try:
        setattr(wrapper, '_has_' + name, True)
    except Exception:
        pass
    return wrapper


def _finished(result, name):
    if hasattr(result, '__await__'):
        result.close()
        raise TypeError(name + ' is for plain tests: a coroutine runs after it was measured')
    return result


def _places(sizes):
    lines = []
    for size, traceback in sizes[:10]:
        lines.append('\n    - ' + _text(size) + ' allocated here:')
        for frame in reversed(list(traceback)):
            lines.append('\n        ' + frame.filename + ':' + str(frame.lineno))
    return ''.join(lines)


def limit_memory(memory_limit):
    """Fails a test that has as much as the limit alive at a time, more than there was before."""
    _check_host('limit_memory')
    limit = _parse(memory_limit, 'memory_limit')

    def decorate(func):
        def limited(*args, **kwargs):
            with _Tracing():
                before = tracemalloc.get_traced_memory()[0]
                tracemalloc.reset_peak()
                result = _finished(func(*args, **kwargs), 'limit_memory')
                most = tracemalloc.get_traced_memory()[1] - before
            if most >= limit:
                raise AssertionError('Test was limited to ' + _text(limit) + ' but allocated ' + _text(most))
            return result
        return _marked(limited, func, 'limit_memory')
    return decorate


def limit_leaks(location_limit, filter_fn=None, warmups=False):
    """Fails a test after which a stack has as much as the limit more alive than before.

    filter_fn(stack) says of each such Stack whether it counts; warmups runs the test once before.
    """
    _check_host('limit_leaks')
    limit = _parse(location_limit, 'location_limit')

    def decorate(func):
        def limited(*args, **kwargs):
            with _Tracing():
                if warmups:
                    _finished(func(*args, **kwargs), 'limit_leaks')
                gc.collect()
                before = tracemalloc.take_snapshot()
                result = _finished(func(*args, **kwargs), 'limit_leaks')
                gc.collect()
                grown = tracemalloc.take_snapshot().compare_to(before, 'traceback')
            leaks = [(each.size_diff, each.traceback) for each in grown
                     if each.size_diff >= max(limit, 1) and _counts(each.traceback, filter_fn)]
            if leaks:
                raise AssertionError('Test was allowed to leak ' + _text(limit)
                                     + ' per location but at least one location leaked more' + _places(leaks))
            return result
        return _marked(limited, func, 'limit_leaks')
    return decorate


def _counts(traceback, filter_fn):
    frames = list(reversed(list(traceback)))
    if frames and frames[0].filename == _here:
        return False
    if filter_fn is None:
        return True
    return bool(filter_fn(Stack(tuple(StackFrame(getattr(frame, 'function', ''), frame.filename, frame.lineno)
                                      for frame in frames))))


_here = globals().get('__file__', '<memory_limits>')


class _Tracing:
    """Traces while its body runs, if nobody traces already."""

    def __enter__(self):
        self._started = not tracemalloc.is_tracing()
        if self._started:
            tracemalloc.start(25)

    def __exit__(self, *error):
        if self._started:
            tracemalloc.stop()


class MemoryLimits:
    """Beside unittest.TestCase: limits for each test of a class, but for those that have their own."""

    memory_limit = None
    leak_limit = None

    def run(self, result=None):
        name = self._testMethodName
        method = getattr(self, name)
        if self.leak_limit is not None and not getattr(method, '_has_limit_leaks', False):
            method = limit_leaks(self.leak_limit)(method)
        if self.memory_limit is not None and not getattr(method, '_has_limit_memory', False):
            method = limit_memory(self.memory_limit)(method)
        setattr(self, name, method)
        return super().run(result)
