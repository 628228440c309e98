"""Noughts and crosses: all games from a position, the best move, and what was looked at."""

LINES = [(0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6)]


class Position:
    def __init__(self, board, player):
        self.board = board
        self.player = player
        self.children = []
        self.value = None

    def winner(self):
        for a, b, c in LINES:
            if self.board[a] != ' ' and self.board[a] == self.board[b] == self.board[c]:
                return self.board[a]
        return None

    def moves(self):
        return [place for place in range(9) if self.board[place] == ' ']

    def play(self, place):
        board = self.board[:]
        board[place] = self.player
        return Position(board, 'O' if self.player == 'X' else 'X')


def expand(position, seen):
    seen.append(tuple(position.board))
    winner = position.winner()
    if winner is not None:
        position.value = 1 if winner == 'X' else -1
        return position.value
    values = []
    for place in position.moves():
        child = position.play(place)
        position.children.append(child)
        values.append(expand(child, seen))
    if not values:
        position.value = 0
    elif position.player == 'X':
        position.value = max(values)
    else:
        position.value = min(values)
    return position.value


def best_line(position):
    line = []
    while position.children:
        for child in position.children:
            if child.value == position.value:
                break
        line.append(child)
        position = child
    return line


seen = []
start = Position(['X', 'O', 'X', ' ', 'O', ' ', ' ', ' ', ' '], 'X')
result = expand(start, seen)
line = best_line(start)
by_count = {}
for board in seen:
    by_count.setdefault(board.count(' '), []).append(board)
unique = set(seen)
rows = [[board[0:3], board[3:6], board[6:9]] for board in unique]
values = {board: index for index, board in enumerate(sorted(unique))}
scores = [(child.value, len(child.children)) for child in start.children]
