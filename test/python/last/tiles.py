"""A board of tiles, its moves, and a search for the shortest solution."""


class Board:
    def __init__(self, tiles, moves=()):
        self.tiles = tiles
        self.moves = moves

    def gap(self):
        return self.tiles.index(0)

    def neighbours(self):
        gap = self.gap()
        row, column = divmod(gap, 3)
        for name, dr, dc in (('up', -1, 0), ('down', 1, 0), ('left', 0, -1), ('right', 0, 1)):
            if 0 <= row + dr < 3 and 0 <= column + dc < 3:
                other = (row + dr) * 3 + column + dc
                tiles = list(self.tiles)
                tiles[gap], tiles[other] = tiles[other], tiles[gap]
                yield Board(tuple(tiles), self.moves + (name,))

    def distance(self):
        total = 0
        for place, tile in enumerate(self.tiles):
            if tile:
                total += abs(place // 3 - (tile - 1) // 3) + abs(place % 3 - (tile - 1) % 3)
        return total


GOAL = (1, 2, 3, 4, 5, 6, 7, 8, 0)


def solve(start, limit):
    seen = {start.tiles: start}
    layer = [start]
    sizes = []
    while layer and len(seen) < limit:
        sizes.append(len(layer))
        following = []
        for board in layer:
            for other in board.neighbours():
                if other.tiles in seen:
                    continue
                seen[other.tiles] = other
                following.append(other)
                if other.tiles == GOAL:
                    return other, seen, sizes
        layer = following
    return None, seen, sizes


solution, seen, sizes = solve(Board((1, 2, 3, 5, 0, 6, 4, 7, 8)), 600)
distances = {}
for tiles, board in seen.items():
    distances.setdefault(board.distance(), []).append(tiles)
longest = max(len(board.moves) for board in seen.values())
rows = [tiles[:3] for tiles in seen]
