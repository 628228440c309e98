# gc.collect() gives the number of objects that only it could find.
import gc


class Node:
    pass


class Slotted:
    __slots__ = ('other',)


def pairs():
    for _ in range(100):
        a, b = Node(), Node()
        a.other = b
        b.other = a


def slots():
    for _ in range(10):
        a, b = Slotted(), Slotted()
        a.other = b
        b.other = a


def lists():
    for _ in range(7):
        a = []
        a.append(a)


def dicts():
    for _ in range(7):
        a = {}
        a['self'] = a


def no_cycles():
    for _ in range(50):
        a = [[1], [2], (3,), {'a': []}]


def held_by_a_cycle():
    a = [[1, 2], (1, [2]), 'text' * 3, {1: [2]}, (5, 6), b'bytes']
    a.append(a)


def tuples():
    a = []
    a.append((a, 1))


def trees():
    class Tree:
        pass

    def grow(depth, parent=None):
        tree = Tree()
        tree.parent = parent
        tree.children = [grow(depth - 1, tree) for _ in range(2)] if depth else []
        return tree

    grow(4)


def recursive_functions():
    def again():
        return again


def classes():
    class Empty:
        pass


for make in (pairs, slots, lists, dicts, no_cycles, held_by_a_cycle, tuples, trees, recursive_functions, classes):
    gc.collect()
    make()
    print(make.__name__, gc.collect())
for generation in (3, -1, 'x'):
    try:
        gc.collect(generation)
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)
print(gc.collect(generation=1), gc.collect(0))
