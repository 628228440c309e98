"""A maze that is carved by a stack, and its solution found breadth first."""

from collections import deque

WIDTH, HEIGHT = 15, 11


def neighbours(cell):
    x, y = cell
    for dx, dy in ((1, 0), (0, 1), (-1, 0), (0, -1)):
        if 0 <= x + dx < WIDTH and 0 <= y + dy < HEIGHT:
            yield x + dx, y + dy


def carve(seed):
    passages = {(0, 0): set()}
    stack = [(0, 0)]
    while stack:
        cell = stack[-1]
        closed = [other for other in neighbours(cell) if other not in passages]
        if not closed:
            stack.pop()
            continue
        seed = (seed * 75 + 74) % 65537
        other = closed[seed % len(closed)]
        passages[other] = {cell}
        passages[cell].add(other)
        stack.append(other)
    return passages


def distances(passages, start):
    found = {start: 0}
    queue = deque([start])
    while queue:
        cell = queue.popleft()
        for other in passages[cell]:
            if other not in found:
                found[other] = found[cell] + 1
                queue.append(other)
    return found


def way(passages, found, end):
    path = [end]
    while found[path[-1]] > 0:
        cell = path[-1]
        path.append(min(passages[cell], key=found.get))
    path.reverse()
    return path


def drawn(passages, path):
    marks = set(path)
    lines = []
    for y in range(HEIGHT):
        line = ''
        for x in range(WIDTH):
            line += '*' if (x, y) in marks else ' '
            line += ' ' if (x + 1, y) in passages[x, y] else '|'
        lines.append(line)
    return lines


passages = carve(7)
found = distances(passages, (0, 0))
farthest = max(found, key=lambda cell: (found[cell], cell))
path = way(passages, found, farthest)
picture = drawn(passages, path)
ends = [cell for cell in passages if len(passages[cell]) == 1]
