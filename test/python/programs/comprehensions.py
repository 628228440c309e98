"""Comprehensions, nested ones, and conditions in them."""


def grid(width, height):
    return [[(x, y) for x in range(width)] for y in range(height)]


def index(rows):
    return {row[0]: row for row in rows}


cells = grid(30, 40)
transposed = [[cells[y][x] for y in range(40)] for x in range(30)]
odd = [[number] for number in range(3000) if number % 2]
by_first = index([[number, None, None] for number in range(700)])
groups = {key: [value for value in range(key, key + 25)] for key in range(110)}
unique = {(number % 300, 'x') for number in range(5000)}
flat = [cell for row in cells for cell in row]
floats = [0.5 * number for number in range(2200)]
texts = ['text number %d' % number for number in range(450)]
triangles = [tuple(range(size)) for size in range(75)]
