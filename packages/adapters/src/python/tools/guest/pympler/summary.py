"""Tables of objects by type: pympler.summary's documented functions."""

import sys

import _tracemalloc_heap as _heap


def _repr(obj):
    cls = type(obj)
    module = getattr(cls, '__module__', None)
    name = getattr(cls, '__name__', None)
    if not isinstance(name, str):
        name = _heap.type_name(obj)
    if not isinstance(module, str) or module in ('builtins', '__builtin__'):
        return name
    return module + '.' + name


def summarize(objects):
    """Rows [type, number, bytes]."""
    rows = {}
    for obj in objects:
        name = _repr(obj)
        row = rows.setdefault(name, [name, 0, 0])
        row[1] += 1
        row[2] += sys.getsizeof(obj)
    return list(rows.values())


def get_diff(left, right):
    """What one summary has more than the other."""
    before = dict([(row[0], row) for row in left])
    after = dict([(row[0], row) for row in right])
    rows = []
    for name in list(after) + [name for name in before if name not in after]:
        old = before.get(name, [name, 0, 0])
        new = after.get(name, [name, 0, 0])
        rows.append([name, new[1] - old[1], new[2] - old[2]])
    return rows


def _bytes(number):
    value = float(number)
    for unit in ('B', 'KB', 'MB', 'GB'):
        if abs(value) < 1024 or unit == 'GB':
            return '%.2f %s' % (value, unit.rjust(2))
        value /= 1024


def format_(rows, limit=15, sort='size', order='descending'):
    """The lines of a table."""
    place = {'type': 0, '#': 1, 'size': 2}[sort]
    rows = sorted(rows, key=lambda row: row[place])
    if order == 'descending':
        rows.reverse()
    cells = [('types', '# objects', 'total size')]
    cells += [(str(row[0]), str(row[1]), _bytes(row[2])) for row in rows[:limit]]
    widths = [max([len(cell[i]) for cell in cells]) for i in range(3)]
    lines = []
    for number, cell in enumerate(cells):
        lines.append(' | '.join([cell[i].rjust(widths[i]) for i in range(3)]))
        if number == 0:
            lines.append(' | '.join(['=' * width for width in widths]))
    return lines


def print_(rows, limit=15, sort='size', order='descending'):
    """Prints the table."""
    for line in format_(rows, limit, sort, order):
        print(line)
