"""Recursive builders: the same line under many different stacks."""


class Tree:
    __slots__ = ('value', 'left', 'right')

    def __init__(self, value, left, right):
        self.value = value
        self.left = left
        self.right = right


def build(depth):
    if depth == 0:
        return None
    return Tree([depth] * 6, build(depth - 1), build(depth - 1))


def nest(depth):
    if depth == 0:
        return ()
    return [nest(depth - 1), {'depth': depth}]


def even(count, into):
    if count:
        into.append((count, 'even', None))
        odd(count - 1, into)


def odd(count, into):
    if count:
        into.append({count})
        even(count - 1, into)


def permutations(items):
    if len(items) < 2:
        return [items]
    return [
        items[:1] + rest
        for item in items
        for rest in permutations([other for other in items if other != item])
    ]


def subsets(items):
    if not items:
        return [[]]
    rest = subsets(items[1:])
    return rest + [[items[0]] + other for other in rest]


def path(tree, names):
    if tree is None:
        return []
    return [
        (tree.value[0], names),
        *path(tree.left, names + ['left']),
    ]


def countdown(number):
    local = [number] * 30
    if number:
        return (local, countdown(number - 1))
    return None


def hanoi(count, source, target, spare):
    if count == 0:
        return {}
    before = hanoi(count - 1, source, spare, target)
    after = hanoi(count - 1, spare, target, source)
    return {'before': before, 'move': (source, target), 'after': after}


tree = build(9)
chain = nest(20)
chains = [nest(6) for _ in range(60)]
mutual = []
even(40, mutual)
orders = permutations([1, 2, 3, 4, 5])
kept = [build(3) for _ in range(110)]
power = subsets([1, 2, 3, 4, 5, 6, 7, 8])
paths = [path(tree, ['root']) for _ in range(25)]
stairs = [countdown(12) for _ in range(8)]
moves = hanoi(6, 'a', 'b', 'c')
