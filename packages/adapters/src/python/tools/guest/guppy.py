"""Partitions of the heap, and sets of objects: what guppy's hpy() offers of heapy, on the heap that the host walks."""

import sys

import _tracemalloc_heap as _heap


def _type(obj):
    return _heap.type_name(obj)


def _size(objs):
    return sum([sys.getsizeof(obj) for obj in objs])


class Set:
    """Objects, as rows by a partition. `|`, `&` and `-` combine sets; an index gives a row as a set."""

    def __init__(self, hp, objs, by='bytype', first=0):
        seen = set()
        self._objs = []
        for obj in objs:
            if id(obj) not in seen:
                seen.add(id(obj))
                self._objs.append(obj)
        self._hp = hp
        self._by = by
        self._first = first

    @property
    def more(self):
        """The same partition, printed from where this one ends."""
        return Set(self._hp, self._objs, self._by, self._first + _lines)

    @property
    def all(self):
        """The same partition, printed whole."""
        return Set(self._hp, self._objs, self._by, None)

    @property
    def count(self):
        return len(self._objs)

    @property
    def size(self):
        return _size(self._objs)

    @property
    def nodes(self):
        return list(self._objs)

    @property
    def theone(self):
        if len(self._objs) != 1:
            raise ValueError('theone requires a singleton set')
        return self._objs[0]

    @property
    def byid(self):
        return Set(self._hp, self._objs, 'byid')

    @property
    def bytype(self):
        return Set(self._hp, self._objs, 'bytype')

    byclodo = bytype

    @property
    def bysize(self):
        return Set(self._hp, self._objs, 'bysize')

    @property
    def byunity(self):
        return Set(self._hp, self._objs, 'byunity')

    @property
    def byrcs(self):
        return Set(self._hp, self._objs, 'byrcs')

    @property
    def byline(self):
        return Set(self._hp, self._objs, 'byline')

    @property
    def referrers(self):
        return Set(self._hp, _heap.referrers(*self._objs))

    @property
    def referents(self):
        return Set(self._hp, _heap.referents(*self._objs))

    @property
    def sp(self):
        """The shortest path from a root to each object, as text."""
        return Paths([_heap.path(obj) for obj in self._objs])

    @property
    def dominos(self):
        """The objects, and what only they hold."""
        return Set(self._hp, _heap.dominated(*self._objs))

    @property
    def domisize(self):
        return self.dominos.size

    def _key(self, obj):
        if self._by == 'byid':
            return _type(obj) + ' ' + hex(id(obj))
        if self._by == 'bysize':
            return str(sys.getsizeof(obj))
        if self._by == 'byunity':
            return '*'
        if self._by == 'byline':
            birth = _heap.birth(obj)
            return '<unknown>' if birth is None else birth[0] + ':' + str(birth[1])
        if self._by == 'byrcs':
            names = sorted(set([_type(holder) for holder in _heap.referrers(obj)]))
            return ', '.join(names) if names else '<Nothing>'
        return _type(obj)

    def _rows(self):
        rows = {}
        for obj in self._objs:
            rows.setdefault(self._key(obj), []).append(obj)
        found = [(key, rows[key], _size(rows[key])) for key in rows]
        found.sort(key=lambda row: (-row[2], row[0]))
        return found

    def __len__(self):
        return len(self._objs)

    def __getitem__(self, index):
        rows = self._rows()
        if isinstance(index, slice):
            return Set(self._hp, [obj for row in rows[index] for obj in row[1]], self._by)
        return Set(self._hp, rows[index][1], self._by)

    def _ids(self):
        return set([id(obj) for obj in self._objs])

    def __and__(self, other):
        inside = other._ids()
        return Set(self._hp, [obj for obj in self._objs if id(obj) in inside], self._by)

    def __or__(self, other):
        return Set(self._hp, self._objs + other._objs, self._by)

    def __sub__(self, other):
        inside = other._ids()
        return Set(self._hp, [obj for obj in self._objs if id(obj) not in inside], self._by)

    def __repr__(self):
        return self._text()

    def __str__(self):
        return self._text()

    def _text(self):
        rows = self._rows()
        total = self.size
        number = len(self._objs)
        lines = [
            'Partition of a set of ' + str(number) + ' object' + ('' if number == 1 else 's')
            + '. Total size = ' + str(total) + ' bytes.',
            ' Index  Count   %     Size   % Cumulative  % ' + _heads[self._by],
        ]
        sum_ = 0
        first, end = (0, len(rows)) if self._first is None else (self._first, self._first + _lines)
        for index, (key, objs, size) in enumerate(rows):
            sum_ += size
            if not first <= index < end:
                continue
            lines.append(
                str(index).rjust(6) + str(len(objs)).rjust(7) + _percent(len(objs), number)
                + str(size).rjust(9) + _percent(size, total)
                + str(sum_).rjust(11) + _percent(sum_, total) + ' ' + key
            )
        if len(rows) > end:
            lines.append('<' + str(len(rows) - end) + " more rows. Type e.g. '_.more' to view.>")
        return '\n'.join(lines)


_lines = 10
_heads = {
    'bytype': 'Type',
    'byid': 'Object',
    'byrcs': 'Types of holders',
    'byline': 'Born at',
    'bysize': 'Individual Size',
    'byunity': 'Any',
}


def _percent(part, whole):
    return ('0' if whole == 0 else str(int(round(100.0 * part / whole)))).rjust(4)


class Paths:
    """Ways from roots, one a line."""

    def __init__(self, paths):
        self._paths = paths

    def __len__(self):
        return len(self._paths)

    def __getitem__(self, index):
        return self._paths[index]

    def __repr__(self):
        return self._text()

    def __str__(self):
        return self._text()

    def _text(self):
        lines = []
        for number, path in enumerate(self._paths):
            text = ''
            for step, (kind, name, obj) in enumerate(path):
                if step == 0:
                    text = kind + ' ' + name if kind != 'host' else name
                elif kind in ('item', 'key'):
                    text += '[' + name + ']'
                else:
                    text += '.' + name
            lines.append(str(number).rjust(2) + ': ' + text)
        return '\n'.join(lines)


class _Heapy:
    def __init__(self):
        self._reference = set()

    def heap(self):
        """All objects that somebody holds, but for those that were there at setrelheap()."""
        own = (id(self), id(self._reference))
        found = [obj for obj in _heap.objects() if id(obj) not in self._reference]
        return Set(self, [obj for obj in found if id(obj) not in own])

    def setrelheap(self):
        """From now on heap() is of what comes later."""
        self._reference = set([id(obj) for obj in _heap.objects()])

    setref = setrelheap

    def iso(self, *objs):
        """A set of just these objects."""
        return Set(self, objs)

    def idset(self, objs):
        return Set(self, objs)

    @property
    def Nothing(self):
        return Set(self, [])


def hpy():
    """An entry to the heap, as of guppy's."""
    return _Heapy()
