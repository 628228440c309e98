"""The game of life on a set of cells, and a maze on a grid of characters."""


def neighbours(cell):
    x, y = cell
    return [(x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy]


def step(alive):
    counts = {}
    for cell in alive:
        for near in neighbours(cell):
            counts[near] = counts.get(near, 0) + 1
    born = set()
    for cell, many in counts.items():
        if many == 3 or (many == 2 and cell in alive):
            born.add(cell)
    return born


def picture(alive, size):
    rows = []
    for y in range(size):
        row = ''
        for x in range(size):
            row += '#' if (x, y) in alive else '.'
        rows.append(row)
    return rows


class World:
    def __init__(self, cells):
        self.cells = set(cells)
        self.generations = []

    def run(self, count):
        for _ in range(count):
            self.generations.append(frozenset(self.cells))
            self.cells = step(self.cells)


def maze(size):
    grid = [['#'] * size for _ in range(size)]
    for row in range(1, size - 1):
        for column in range(1, size - 1):
            if (row * 5 + column * 3) % 4:
                grid[row][column] = ' '
    return grid


def fill(grid, start):
    reached = {start: 0}
    edge = {start}
    while edge:
        wider = set()
        for row, column in edge:
            for place in ((row + 1, column), (row, column + 1), (row - 1, column), (row, column - 1)):
                if grid[place[0]][place[1]] == ' ' and place not in reached:
                    reached[place] = reached[row, column] + 1
                    wider.add(place)
        edge = wider
    return reached


world = World([(x, y) for x in range(12) for y in range(12) if (x * x + 3 * y) % 5 < 2])
world.run(12)
final = picture(world.cells, 40)
grid = maze(30)
reached = fill(grid, (1, 2))
lines = [''.join(row) for row in grid]
history = {number: len(one) for number, one in enumerate(world.generations)}
changes = [one ^ two for one, two in zip(world.generations, world.generations[1:])]
everywhere = set()
for one in world.generations:
    everywhere |= one
