"""A module of imports.py."""

cache = {}


class Square:
    name = 'square'

    def __init__(self, side):
        self.side = side
        self.corners = [(0, 0), (0, side), (side, side), (side, 0)]

    def area(self):
        return self.side * self.side


class Circle:
    name = 'circle'

    def __init__(self, radius):
        self.radius = radius
        self.bounds = (-radius, radius, None)

    def area(self):
        return 3 * self.radius


def table(shapes):
    return [{'name': shape.name, 'area': shape.area()} for shape in shapes]


def outline(count):
    for step in range(count):
        cache[step] = [step] * 16
    return dict(cache)
