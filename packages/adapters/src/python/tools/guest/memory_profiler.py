"""Memory line by line: memory_profiler's documented functions, on traced memory instead of the process's.

The figures are bytes of Python objects that are alive, not pages of a process, so that equal runs have
equal figures. Lines are told by sys.settrace; where there is none, `profile` raises NotImplementedError.
"""

import sys

import _tracemalloc_host as _host
import tracemalloc

_MiB = 1024.0 * 1024.0


def _traced():
    if not tracemalloc.is_tracing():
        tracemalloc.start(25)
    return tracemalloc.get_traced_memory()


def _used():
    return _traced()[0]


def memory_usage(proc=-1, interval=0.1, timeout=None, timestamps=False, include_children=False,
                 multiprocess=False, max_usage=False, retval=False, stream=None, backend=None,
                 max_iterations=None):
    """MiB that are alive: now, or before, at most in, and after a call of proc = (function, args, kwargs)."""
    if proc == -1 or isinstance(proc, int):
        now = _used() / _MiB
        return now if max_usage else [now]
    call = tuple(proc) if isinstance(proc, (tuple, list)) else (proc,)
    func = call[0]
    args = call[1] if len(call) > 1 else ()
    kwargs = call[2] if len(call) > 2 else {}
    before = _used()
    tracemalloc.reset_peak()
    result = func(*args, **kwargs)
    after, peak = _traced()
    most = max(before, peak) / _MiB
    usage = most if max_usage else [before / _MiB, most, after / _MiB]
    return (usage, result) if retval else usage


def memit(func, *args, **kwargs):
    """What IPython's %memit prints, of a call. Gives its result."""
    before = _used() / _MiB
    most, result = memory_usage((func, args, kwargs), max_usage=True, retval=True)
    print('peak memory: ' + _two(most) + ' MiB, increment: ' + _two(most - before) + ' MiB')
    return result


def _two(value):
    return '%.2f' % value


class _Line:
    def __init__(self):
        self.increment = 0
        self.usage = 0
        self.times = 0


class LineProfiler:
    """Memory before and after each line of the functions that it wraps."""

    def __init__(self, **kw):
        self.functions = []
        self.lines = {}

    def __call__(self, func=None, precision=1):
        return self.wrap(func)

    def add_function(self, func):
        code = getattr(func, '__code__', None)
        if code is None or not hasattr(sys, 'settrace'):
            raise NotImplementedError(
                'this interpreter tells nobody which line runs: memory_usage() and memit() work without'
            )
        self.functions.append((code.co_filename, code.co_firstlineno, code.co_name))

    def wrap(self, func):
        self.add_function(func)

        def begin(frame, event, arg):
            return self._call(frame)

        def wrapper(*args, **kwargs):
            before = sys.gettrace() if hasattr(sys, 'gettrace') else None
            sys.settrace(begin)
            try:
                return func(*args, **kwargs)
            finally:
                sys.settrace(before)

        wrapper.__name__ = getattr(func, '__name__', 'wrapper')
        wrapper.__wrapped__ = func
        return wrapper

    def _call(self, frame):
        code = frame.f_code
        for name, first, function in self.functions:
            if code.co_filename == name and code.co_firstlineno == first and code.co_name == function:
                return self._begin(name, first)
        return None

    def _begin(self, filename, first):
        state = [first, _used()]
        self._count(filename, first, 0, state[1])

        def tell(frame, event, arg):
            now = _used()
            if state[0] != first or event == 'return':
                self._count(filename, state[0], now - state[1], now)
            state[0] = frame.f_lineno
            state[1] = now
            return tell

        return tell

    def _count(self, filename, lineno, increment, usage):
        line = self.lines.setdefault((filename, lineno), _Line())
        line.increment += increment
        line.usage = usage
        line.times += 1


def _end_of(filename, first):
    """The last line of the function that begins at a line: until the first that is not deeper."""
    start = _host.getline(filename, first)
    lineno = first
    while start.strip().startswith('@'):
        lineno += 1
        start = _host.getline(filename, lineno)
    depth = len(start) - len(start.lstrip())
    last = lineno
    while True:
        lineno += 1
        text = _host.getline(filename, lineno)
        if text == '':
            return last
        if text.strip() == '' or text.strip().startswith('#'):
            continue
        if len(text) - len(text.lstrip()) <= depth and not text.strip().startswith(')'):
            return last
        last = lineno


def show_results(prof, stream=None, precision=1):
    """Prints a table of lines for each function that was wrapped."""
    stream = sys.stdout if stream is None else stream
    digits = '%.' + str(precision) + 'f'

    def mib(value):
        return (digits % (value / _MiB) + ' MiB').rjust(12)

    for filename, first, name in prof.functions:
        stream.write('Filename: ' + filename + '\n\n')
        header = 'Line #    Mem usage    Increment  Occurrences   Line Contents'
        stream.write(header + '\n' + '=' * len(header) + '\n')
        for lineno in range(first, _end_of(filename, first) + 1):
            text = _host.getline(filename, lineno).rstrip('\n')
            line = prof.lines.get((filename, lineno))
            if line is None:
                columns = ''.ljust(12) + ' ' + ''.ljust(12) + ' ' + ''.ljust(11)
            else:
                increment = line.usage if lineno == first else line.increment
                columns = mib(line.usage) + ' ' + mib(increment) + ' ' + str(line.times).rjust(11)
            stream.write((str(lineno).rjust(6) + ' ' + columns + '   ' + text).rstrip() + '\n')
        stream.write('\n\n')


def profile(func=None, stream=None, precision=1, backend='psutil'):
    """A decorator: prints, after each call, what each line of the function holds and added."""
    if func is None or not callable(func):
        return lambda function: profile(function, stream, precision, backend)

    def wrapper(*args, **kwargs):
        prof = LineProfiler()
        result = prof(func)(*args, **kwargs)
        show_results(prof, stream, precision)
        return result

    if getattr(func, '__code__', None) is None or not hasattr(sys, 'settrace'):
        LineProfiler().add_function(func)
    wrapper.__name__ = getattr(func, '__name__', 'wrapper')
    wrapper.__wrapped__ = func
    return wrapper
