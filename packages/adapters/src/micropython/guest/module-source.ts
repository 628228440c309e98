/** Where the guest finds its module; its frames are left out. */
export const moduleFile: string = '/lib/tracemalloc.py';

/** JavaScript's part of it, as the guest imports it. */
export const nativeName = '_tracemalloc';

/** `tracemalloc` in the Python that MicroPython knows. Snapshots stay with JavaScript; what the guest asks of them comes row by row. */
export const moduleSource: string = `"""Trace memory allocations of this program, as CPython's tracemalloc does."""
import ${nativeName} as _host


def start(nframe=1):
    if not isinstance(nframe, int):
        raise TypeError("'%s' object cannot be interpreted as an integer" % type(nframe).__name__)
    if not 1 <= nframe <= 65535:
        raise ValueError('the number of frames must be in range [1; 65535]')
    _host.start(nframe)


def stop():
    _host.stop()


def is_tracing():
    return _host.is_tracing()


def clear_traces():
    _host.clear_traces()


def reset_peak():
    _host.reset_peak()


def get_traceback_limit():
    return _host.get_traceback_limit()


def get_traced_memory():
    return tuple(_host.get_traced_memory())


def get_tracemalloc_memory():
    return _host.get_tracemalloc_memory()


def get_object_traceback(obj):
    frames = _host._get_object_traceback(id(obj))
    return None if frames is None else _traceback(frames, None)


def take_snapshot():
    held = _host.take_snapshot()
    if held is None:
        raise RuntimeError('the tracemalloc module must be tracing memory allocations to take a snapshot')
    return Snapshot(held)


def _traceback(frames, total_nframe):
    return Traceback([(frame[0], frame[1]) for frame in frames], total_nframe)


class _Value:
    def __eq__(self, other):
        return type(self) is type(other) and self._key() == other._key()

    def __hash__(self):
        return hash(self._key())

    def __lt__(self, other):
        return self._key() < other._key()

    def __gt__(self, other):
        return self._key() > other._key()

    def __le__(self, other):
        return self._key() <= other._key()

    def __ge__(self, other):
        return self._key() >= other._key()


class Frame(_Value):
    def __init__(self, frame):
        self.filename, self.lineno = frame

    def _key(self):
        return (self.filename, self.lineno)

    def __str__(self):
        return '%s:%s' % (self.filename, self.lineno)

    def __repr__(self):
        return '<Frame filename=%r lineno=%r>' % (self.filename, self.lineno)


class Traceback(_Value):
    """Frames from the oldest to the most recent one."""

    def __init__(self, frames, total_nframe=None):
        self._frames = tuple(reversed(frames))
        self.total_nframe = total_nframe

    def _key(self):
        return self._frames

    def __len__(self):
        return len(self._frames)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return tuple([Frame(frame) for frame in self._frames[index]])
        return Frame(self._frames[index])

    def __contains__(self, frame):
        return frame._key() in self._frames

    def __str__(self):
        return str(self[0])

    def __repr__(self):
        total = '' if self.total_nframe is None else ' total_nframe=%s' % self.total_nframe
        return '<Traceback %r%s>' % (tuple([Frame(frame) for frame in self._frames]), total)

    def format(self, limit=None, most_recent_first=False):
        frames = self._frames
        if limit is not None:
            frames = frames[-limit:] if limit > 0 else frames[:limit]
        if most_recent_first:
            frames = reversed(frames)
        lines = []
        for filename, lineno in frames:
            lines.append('  File "%s", line %s' % (filename, lineno))
            line = _line(filename, lineno)
            if line:
                lines.append('    ' + line)
        return lines


def _line(filename, lineno):
    try:
        with open(filename) as file:
            for number, line in enumerate(file, 1):
                if number == lineno:
                    return line.strip()
    except (OSError, UnicodeError):
        pass
    return ''


def _average(size, count):
    return ', average=' + _host.format_size(size / count, False) if count else ''


class Statistic(_Value):
    def __init__(self, traceback, size, count):
        self.traceback = traceback
        self.size = size
        self.count = count

    def _key(self):
        return (self.size, self.count, self.traceback._key())

    def __str__(self):
        size = _host.format_size(self.size, False)
        return '%s: size=%s, count=%i%s' % (self.traceback, size, self.count, _average(self.size, self.count))

    def __repr__(self):
        return '<Statistic traceback=%r size=%i count=%i>' % (self.traceback, self.size, self.count)


class StatisticDiff(_Value):
    def __init__(self, traceback, size, size_diff, count, count_diff):
        self.traceback = traceback
        self.size = size
        self.size_diff = size_diff
        self.count = count
        self.count_diff = count_diff

    def _key(self):
        return (abs(self.size_diff), self.size, abs(self.count_diff), self.count, self.traceback._key())

    def __eq__(self, other):
        signs = (self.size_diff, self.count_diff)
        return type(other) is StatisticDiff and self._key() == other._key() and signs == (other.size_diff, other.count_diff)

    def __str__(self):
        text = '%s: size=%s (%s), count=%i (%s)' % (
            self.traceback, _host.format_size(self.size, False), _host.format_size(self.size_diff, True),
            self.count, _signed(self.count_diff))
        return text + _average(self.size, self.count)

    def __repr__(self):
        return '<StatisticDiff traceback=%r size=%i (%s) count=%i (%s)>' % (
            self.traceback, self.size, _signed(self.size_diff), self.count, _signed(self.count_diff))


def _signed(number):
    return '%s%i' % ('' if number < 0 else '+', number)


class Trace(_Value):
    def __init__(self, trace):
        # (domain, size, frames, total_nframe), the most recent frame first
        self.domain, self.size = trace[0], trace[1]
        self.traceback = _traceback(trace[2], trace[3])

    def _key(self):
        return (self.domain, self.size, self.traceback._key())

    def __str__(self):
        return '%s: %s' % (self.traceback, _host.format_size(self.size, False))

    def __repr__(self):
        return '<Trace domain=%s size=%s, traceback=%r>' % (
            self.domain, _host.format_size(self.size, False), self.traceback)


class _Traces:
    """A trace is made when it is asked for: there may be more of them than fit."""

    def __init__(self, held):
        self._held = held

    def __len__(self):
        return self._held.count()

    def __getitem__(self, index):
        if isinstance(index, slice):
            return tuple([self[i] for i in range(*index.indices(len(self)))])
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError('list index out of range')
        return Trace(self._held.trace(index))

    def __iter__(self):
        for index in range(len(self)):
            yield self[index]

    def __repr__(self):
        return '<Traces len=%s>' % len(self)


class Filter:
    def __init__(self, inclusive, filename_pattern, lineno=None, all_frames=False, domain=None):
        self.inclusive = inclusive
        self.filename_pattern = filename_pattern
        self.lineno = lineno
        self.all_frames = all_frames
        self.domain = domain

    def _tell(self, rules):
        rules.add(bool(self.inclusive), self.filename_pattern, self.lineno, bool(self.all_frames), self.domain)


class DomainFilter:
    def __init__(self, inclusive, domain):
        self.inclusive = inclusive
        self.domain = domain

    def _tell(self, rules):
        rules.add_domain(bool(self.inclusive), self.domain)


class Snapshot:
    """The traces of all live memory blocks at one moment."""

    def __init__(self, held):
        self._held = held
        self.traces = _Traces(held)
        self.traceback_limit = held.limit()

    def statistics(self, key_type, cumulative=False):
        _check_key(key_type, cumulative)
        return [Statistic(_traceback(row[0], None), row[1], row[2])
                for row in self._held.statistics(key_type, bool(cumulative))]

    def compare_to(self, old_snapshot, key_type, cumulative=False):
        _check_key(key_type, cumulative)
        return [StatisticDiff(_traceback(row[0], None), row[1], row[2], row[3], row[4])
                for row in self._held.compare(old_snapshot._held, key_type, bool(cumulative))]

    def filter_traces(self, filters):
        rules = _host.rules()
        for one in filters:
            one._tell(rules)
        return Snapshot(self._held.filtered(rules))

    def dump(self, filename):
        self._held.dump(filename)

    @staticmethod
    def load(filename):
        return Snapshot(_host.load(filename))


def _check_key(key_type, cumulative):
    if key_type not in ('traceback', 'filename', 'lineno'):
        raise ValueError('unknown key_type: %r' % (key_type,))
    if cumulative and key_type == 'traceback':
        raise ValueError("cumulative mode cannot by used with key type 'traceback'")
`;
