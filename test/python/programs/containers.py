"""Literals and constructors of the built-in containers, kept in one registry."""

registry = {}


def lists(count):
    registry['pairs'] = [[index, -index] for index in range(count)]
    registry['zeros'] = [0] * (40 * count)
    registry['copies'] = [registry['zeros'][:8] for _ in range(count // 2)]


def tuples(count):
    registry['points'] = [(index, index + 1, index + 2) for index in range(3 * count)]
    registry['flat'] = tuple(range(5000, 5000 + 20 * count))


def sets(count):
    registry['sets'] = [{index, index + 1} for index in range(count // 4)]
    registry['frozen'] = frozenset(range(6000, 6000 + 6 * count))


def dicts(count):
    registry['rows'] = [{'id': index, 'next': index + 1} for index in range(count)]
    registry['by_number'] = {index: None for index in range(7000, 7000 + 12 * count)}


def buffers(count):
    registry['bytes'] = [bytes(32) for _ in range(count)]
    registry['array'] = bytearray(300 * count)


for make in (lists, tuples, sets, dicts, buffers):
    make(200)
