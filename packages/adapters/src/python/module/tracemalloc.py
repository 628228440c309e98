"""Trace memory allocations of this program: what CPython's tracemalloc offers, in this interpreter.

Snapshots live in the host as columns. A trace becomes a Python tuple only when somebody asks for it,
and counting, comparing and filtering are the host's work; what it declines (sizes above 2**53 - 1,
subclasses of the filters, hand-made traces) is done by the Python code at the end of this file.
"""

import _tracemalloc_host as _host
from _tracemalloc import (
    _get_object_traceback,
    _get_traces,
    _take_traces,
    clear_traces,
    get_traceback_limit,
    get_traced_memory,
    get_tracemalloc_memory,
    is_tracing,
    reset_peak,
    start,
    stop,
)

_tracer_get_traces = _get_traces


class _LazyLinecache:
    """Stands for the module linecache, which takes longer to import than all of this one."""

    def getline(self, filename, lineno):
        return _host.getline(filename, lineno)

    def __getattr__(self, name):
        import linecache as module

        return getattr(module, name)


linecache = _LazyLinecache()


def _format_size(size, sign):
    return _host.format_size(size, sign)


def _path(filename):
    if not isinstance(filename, str) and hasattr(type(filename), '__fspath__'):
        filename = type(filename).__fspath__(filename)
    if not isinstance(filename, str):
        raise TypeError(
            'expected str, bytes or os.PathLike object, not ' + type(filename).__name__
        )
    return filename


def _normalize_filename(filename):
    return _host.normalize_filename(_path(filename))


class _Sequence:
    """What collections.abc.Sequence would add, without its import."""

    __slots__ = ()

    def __iter__(self):
        for index in range(len(self)):
            yield self[index]

    def __reversed__(self):
        for index in range(len(self) - 1, -1, -1):
            yield self[index]

    def index(self, value, start=0, stop=None):
        for index in range(*slice(start, stop).indices(len(self))):
            item = self[index]
            if item is value or item == value:
                return index
        raise ValueError

    def count(self, value):
        return len([item for item in self if item is value or item == value])


def _order(a, b):
    """Order of two tuples of (filename, lineno): below, at or above 0; names by code point."""
    order = _host.order(a, b)
    if order is None:
        order = -1 if a < b else 0 if a == b else 1
    return order


class _Ordered:
    """The order of frames and of tracebacks."""

    __slots__ = ()

    def __lt__(self, other):
        return self._order(other) < 0 if isinstance(other, type(self)) else NotImplemented

    def __le__(self, other):
        return self._order(other) <= 0 if isinstance(other, type(self)) else NotImplemented

    def __gt__(self, other):
        return self._order(other) > 0 if isinstance(other, type(self)) else NotImplemented

    def __ge__(self, other):
        return self._order(other) >= 0 if isinstance(other, type(self)) else NotImplemented


class Statistic:
    """Size and count of the memory blocks that share a traceback."""

    __slots__ = ('traceback', 'size', 'count')

    def __init__(self, traceback, size, count):
        self.traceback = traceback
        self.size = size
        self.count = count

    def __hash__(self):
        return hash((self.traceback, self.size, self.count))

    def __eq__(self, other):
        if not isinstance(other, Statistic):
            return NotImplemented
        return (
            self.traceback == other.traceback
            and self.size == other.size
            and self.count == other.count
        )

    def __str__(self):
        text = '%s: size=%s, count=%i' % (
            self.traceback,
            _format_size(self.size, False),
            self.count,
        )
        return text + _average(self)

    def __repr__(self):
        return '<Statistic traceback=%r size=%i count=%i>' % (
            self.traceback,
            self.size,
            self.count,
        )

    def _sort_key(self):
        return (self.size, self.count, self.traceback)


class StatisticDiff:
    """How a Statistic differs between an older snapshot and a newer one."""

    __slots__ = ('traceback', 'size', 'size_diff', 'count', 'count_diff')

    def __init__(self, traceback, size, size_diff, count, count_diff):
        self.traceback = traceback
        self.size = size
        self.size_diff = size_diff
        self.count = count
        self.count_diff = count_diff

    def __hash__(self):
        return hash((self.traceback, self.size, self.size_diff, self.count, self.count_diff))

    def __eq__(self, other):
        if not isinstance(other, StatisticDiff):
            return NotImplemented
        return (
            self.traceback == other.traceback
            and self.size == other.size
            and self.size_diff == other.size_diff
            and self.count == other.count
            and self.count_diff == other.count_diff
        )

    def __str__(self):
        text = '%s: size=%s (%s), count=%i (%+i)' % (
            self.traceback,
            _format_size(self.size, False),
            _format_size(self.size_diff, True),
            self.count,
            self.count_diff,
        )
        return text + _average(self)

    def __repr__(self):
        return '<StatisticDiff traceback=%r size=%i (%+i) count=%i (%+i)>' % (
            self.traceback,
            self.size,
            self.size_diff,
            self.count,
            self.count_diff,
        )

    def _sort_key(self):
        return (abs(self.size_diff), self.size, abs(self.count_diff), self.count, self.traceback)


def _average(statistic):
    if not statistic.count:
        return ''
    return ', average=' + _format_size(statistic.size / statistic.count, False)


class Frame(_Ordered):
    """One frame of a traceback: a file name and a line number."""

    __slots__ = ('_frame',)

    def __init__(self, frame):
        # (filename, lineno)
        self._frame = frame

    @property
    def filename(self):
        return self._frame[0]

    @property
    def lineno(self):
        return self._frame[1]

    def __eq__(self, other):
        if not isinstance(other, Frame):
            return NotImplemented
        return self._frame == other._frame

    def _order(self, other):
        return _order((self._frame,), (other._frame,))

    def __hash__(self):
        return hash(self._frame)

    def __str__(self):
        return '%s:%s' % (self._frame[0], self._frame[1])

    def __repr__(self):
        return '<Frame filename=%r lineno=%r>' % (self._frame[0], self._frame[1])


class Traceback(_Sequence, _Ordered):
    """Frames from the oldest to the most recent one."""

    __slots__ = ('_frames', '_total_nframe')

    def __init__(self, frames, total_nframe=None):
        # The tracer's tuples have the most recent frame first.
        self._frames = tuple(reversed(frames))
        self._total_nframe = total_nframe

    @property
    def total_nframe(self):
        return self._total_nframe

    def __len__(self):
        return len(self._frames)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return tuple([Frame(frame) for frame in self._frames[index]])
        return Frame(self._frames[index])

    def __contains__(self, frame):
        return frame._frame in self._frames

    def __hash__(self):
        return hash(self._frames)

    def __eq__(self, other):
        if not isinstance(other, Traceback):
            return NotImplemented
        return self._frames == other._frames

    def _order(self, other):
        return _order(self._frames, other._frames)

    def __str__(self):
        return str(self[0])

    def __repr__(self):
        text = '<Traceback ' + repr(tuple(self))
        if self._total_nframe is not None:
            text += ' total_nframe=%s' % self._total_nframe
        return text + '>'

    def format(self, limit=None, most_recent_first=False):
        """Lines as in a Python traceback; a limit > 0 keeps the most recent frames."""
        return _host.quietly(_format_traceback, self, limit, most_recent_first)


def _format_traceback(traceback, limit, most_recent_first):
    frames = traceback._frames
    if limit is not None:
        # A negative limit drops that many of the most recent frames; 0 keeps none.
        if limit > 0:
            frames = frames[-limit:]
        else:
            frames = frames[:limit]
    if most_recent_first:
        frames = reversed(frames)
    lines = []
    for filename, lineno in frames:
        lines.append('  File "%s", line %s' % (filename, lineno))
        line = _host.strip(linecache.getline(filename, lineno))
        if line:
            lines.append('    ' + line)
    return lines


def get_object_traceback(obj):
    """The Traceback where obj was allocated, or None when that isn't known."""
    frames = _get_object_traceback(obj)
    return None if frames is None else Traceback(frames)


class Trace:
    """One memory block: its domain, its size and where it was allocated."""

    __slots__ = ('_trace',)

    def __init__(self, trace):
        # (domain, size, frames, total_nframe), the most recent frame first
        self._trace = trace

    @property
    def domain(self):
        return self._trace[0]

    @property
    def size(self):
        return self._trace[1]

    @property
    def traceback(self):
        return Traceback(*self._trace[2:])

    def __eq__(self, other):
        if not isinstance(other, Trace):
            return NotImplemented
        return self._trace == other._trace

    def __hash__(self):
        return hash(self._trace)

    def __str__(self):
        return '%s: %s' % (self.traceback, _format_size(self.size, False))

    def __repr__(self):
        return '<Trace domain=%s size=%s, traceback=%r>' % (
            self.domain,
            _format_size(self.size, False),
            self.traceback,
        )


class _Traces(_Sequence):
    def __init__(self, traces):
        len(traces)  # rejects what is no sequence
        self._list = traces

    @property
    def _traces(self):
        if self._list is None:
            self._list = _host.quietly(_host.raw_traces, self)
        return self._list

    @_traces.setter
    def _traces(self, traces):
        self._list = traces

    def __iter__(self):
        for index in range(len(self)):
            yield Trace(_host.raw_trace(self, index) if self._list is None else self._list[index])

    def __len__(self):
        return _host.trace_count(self) if self._list is None else len(self._list)

    def __getitem__(self, index):
        if isinstance(index, slice):
            if self._list is not None:
                return tuple([Trace(trace) for trace in self._list[index]])
            indices = range(*index.indices(len(self)))
            return tuple([Trace(_host.raw_trace(self, i)) for i in indices])
        return Trace(_host.raw_trace(self, index) if self._list is None else self._list[index])

    def __contains__(self, trace):
        return trace._trace in self._traces

    def __eq__(self, other):
        if not isinstance(other, _Traces):
            return NotImplemented
        return self._traces == other._traces

    __hash__ = None

    def __repr__(self):
        return '<Traces len=%s>' % len(self)

    def __reduce__(self):
        return (_Traces, (self._traces,))


class BaseFilter:
    def __init__(self, inclusive):
        self.inclusive = inclusive

    def _match(self, trace):
        raise NotImplementedError


class Filter(BaseFilter):
    """Lets through, or keeps out, the traces of files whose name matches a pattern."""

    def __init__(self, inclusive, filename_pattern, lineno=None, all_frames=False, domain=None):
        super().__init__(inclusive)
        self._filename_pattern = _normalize_filename(filename_pattern)
        self.lineno = lineno
        self.all_frames = all_frames
        self.domain = domain

    @property
    def filename_pattern(self):
        return self._filename_pattern

    def _match_frame_impl(self, filename, lineno):
        if not _host.fnmatch(_normalize_filename(filename), self._filename_pattern):
            return False
        return self.lineno is None or lineno == self.lineno

    def _match_frame(self, filename, lineno):
        return self._match_frame_impl(filename, lineno) ^ (not self.inclusive)

    def _match_traceback(self, traceback):
        if not self.all_frames:
            filename, lineno = traceback[0]
            return self._match_frame(filename, lineno)
        for filename, lineno in traceback:
            if self._match_frame_impl(filename, lineno):
                return bool(self.inclusive)
        return not self.inclusive

    def _match(self, trace):
        matched = self._match_traceback(trace[2])
        if self.domain is None:
            return matched
        if self.inclusive:
            return matched and trace[0] == self.domain
        return matched or trace[0] != self.domain


class DomainFilter(BaseFilter):
    """Lets through, or keeps out, the traces of one domain."""

    def __init__(self, inclusive, domain):
        super().__init__(inclusive)
        self._domain = domain

    @property
    def domain(self):
        return self._domain

    def _match(self, trace):
        return (trace[0] == self._domain) ^ (not self.inclusive)


class Snapshot:
    """The traces of all live memory blocks at one moment."""

    def __init__(self, traces, traceback_limit):
        self.traces = _Traces(traces)
        self.traceback_limit = traceback_limit

    def dump(self, filename):
        """Write the snapshot to a file."""
        _host.quietly(_dump, self, _path(filename))

    @staticmethod
    def load(filename):
        """Read a snapshot that dump() wrote, here or in CPython."""
        return _host.quietly(_load, _path(filename))

    def filter_traces(self, filters):
        """A new snapshot with the traces that the filters let through."""
        if not hasattr(filters, '__iter__'):
            raise TypeError(
                'filters must be a list of filters, not ' + type(filters).__name__
            )
        return _host.quietly(_filter_traces, self, filters)

    def statistics(self, key_type, cumulative=False):
        """Statistics grouped by 'filename', 'lineno' or 'traceback', the biggest first."""
        return _host.quietly(_statistics, self, key_type, cumulative)

    def compare_to(self, old_snapshot, key_type, cumulative=False):
        """Differences with an older snapshot, the biggest first."""
        return _host.quietly(_compare, self, old_snapshot, key_type, cumulative)

    def _group_by(self, key_type, cumulative):
        _check_key(key_type, cumulative)
        return _group(self.traces._traces, key_type, cumulative)


def take_snapshot():
    """A Snapshot of the memory blocks that are live now."""
    if not (is_tracing() or _take_traces()):
        raise RuntimeError(
            'the tracemalloc module must be tracing memory allocations to take a snapshot'
        )
    if _get_traces is not _tracer_get_traces:
        return Snapshot(_get_traces(), get_traceback_limit())
    _host.settle()
    return _host.quietly(_take_snapshot)


def _take_snapshot():
    traces = _Traces(())
    _host.take_traces(traces)
    return _snapshot_of(traces, get_traceback_limit())


def _snapshot_of(traces, traceback_limit):
    """A snapshot whose traces the host already holds for that _Traces object."""
    traces._list = None
    snapshot = Snapshot((), traceback_limit)
    snapshot.traces = traces
    return snapshot


def _dump(snapshot, filename):
    attributes = dict(snapshot.__dict__)
    traceback_limit = attributes.pop('traceback_limit')
    traces = attributes.pop('traces')
    _host.dump(filename, traces, traces._list, traceback_limit, attributes)


def _load(filename):
    traces = _Traces(())
    traceback_limit, attributes, left_out = _host.load(filename, traces, set, frozenset, bytes)
    snapshot = _snapshot_of(traces, traceback_limit)
    snapshot.__dict__.update(attributes)
    for message in left_out:
        _warn(message)
    return snapshot


def _warn(message):
    try:
        from warnings import warn
    except Exception:  # an interpreter without that module
        return
    warn(message, RuntimeWarning, 4)


def _check_key(key_type, cumulative):
    if key_type not in ('traceback', 'filename', 'lineno'):
        raise ValueError('unknown key_type: %r' % (key_type,))
    if cumulative and key_type == 'traceback':
        raise ValueError("cumulative mode cannot by used with key type 'traceback'")


def _statistics(snapshot, key_type, cumulative):
    _check_key(key_type, cumulative)
    traces = snapshot.traces
    rows = _host.statistics(traces, traces._list, key_type, bool(cumulative))
    if rows is not None:
        return [Statistic(Traceback(frames), size, count) for frames, size, count in rows]
    statistics = list(_group(traces._traces, key_type, cumulative).values())
    statistics.sort(key=Statistic._sort_key, reverse=True)
    return statistics


def _compare(snapshot, old_snapshot, key_type, cumulative):
    _check_key(key_type, cumulative)
    new, old = snapshot.traces, old_snapshot.traces
    rows = _host.compare(new, new._list, old, old._list, key_type, bool(cumulative))
    if rows is not None:
        return [StatisticDiff(Traceback(row[0]), row[1], row[2], row[3], row[4]) for row in rows]
    statistics = _compare_grouped_stats(
        _group(old._traces, key_type, cumulative), _group(new._traces, key_type, cumulative)
    )
    statistics.sort(key=StatisticDiff._sort_key, reverse=True)
    return statistics


def _filter_traces(snapshot, filters):
    traces = snapshot.traces
    if not filters:
        if traces._list is not None:
            return Snapshot(traces._list.copy(), snapshot.traceback_limit)
        filters = ()
    filters = list(filters)
    kept = _Traces(())
    rules = [_rule(one) for one in filters]
    if None not in rules and _host.filter(traces, traces._list, rules, kept):
        return _snapshot_of(kept, snapshot.traceback_limit)
    inclusive = [one for one in filters if one.inclusive]
    exclusive = [one for one in filters if not one.inclusive]
    raw = [
        trace
        for trace in traces._traces
        if (not inclusive or any([one._match(trace) for one in inclusive]))
        and all([one._match(trace) for one in exclusive])
    ]
    return Snapshot(raw, snapshot.traceback_limit)


def _rule(one):
    """A filter as the host takes it; None for a class that the host doesn't know."""
    if type(one) is Filter:
        return (
            bool(one.inclusive),
            one._filename_pattern,
            one.lineno,
            bool(one.all_frames),
            one.domain,
        )
    if type(one) is DomainFilter:
        return (bool(one.inclusive), one._domain)
    one.inclusive  # no filter at all: AttributeError
    return None


def _group(raw_traces, key_type, cumulative):
    """{Traceback: Statistic} of raw traces; also of those that older Pythons wrote (3-tuples)."""
    groups = {}
    for trace in raw_traces:
        size, frames = trace[1], trace[2]
        if key_type == 'traceback':
            keys = (frames,)
        elif key_type == 'lineno':
            keys = [(frame,) for frame in (frames if cumulative else frames[:1])]
            if not frames and not cumulative:
                keys = ((),)
        elif cumulative:
            keys = [((frame[0], 0),) for frame in frames]
        else:
            keys = (((frames[0][0], 0),),)
        for key in keys:
            statistic = groups.get(key)
            if statistic is None:
                groups[key] = Statistic(Traceback(key), size, 1)
            else:
                statistic.size += size
                statistic.count += 1
    return {statistic.traceback: statistic for statistic in groups.values()}


def _compare_grouped_stats(old_group, new_group):
    statistics = []
    for traceback, new in new_group.items():
        old = old_group.get(traceback)
        if old is None:
            old = Statistic(traceback, 0, 0)
        statistics.append(
            StatisticDiff(
                traceback, new.size, new.size - old.size, new.count, new.count - old.count
            )
        )
    for traceback, old in old_group.items():
        if traceback not in new_group:
            statistics.append(StatisticDiff(traceback, 0, -old.size, 0, -old.count))
    return statistics
