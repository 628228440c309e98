"""A class tree of shapes with properties, and a scene of them."""

import math


class Shape:
    count = 0

    def __init__(self, name):
        self.name = name
        Shape.count += 1

    @property
    def area(self):
        raise NotImplementedError

    def scaled(self, factor):
        raise NotImplementedError

    def __repr__(self):
        return '%s(%s, %.2f)' % (type(self).__name__, self.name, self.area)


class Circle(Shape):
    def __init__(self, name, radius):
        super().__init__(name)
        self.radius = radius

    @property
    def area(self):
        return math.pi * self.radius ** 2

    def scaled(self, factor):
        return Circle(self.name, self.radius * factor)


class Polygon(Shape):
    def __init__(self, name, points):
        super().__init__(name)
        self.points = points

    @property
    def area(self):
        total = 0.0
        for i in range(len(self.points)):
            x1, y1 = self.points[i]
            x2, y2 = self.points[(i + 1) % len(self.points)]
            total += x1 * y2 - x2 * y1
        return abs(total) / 2

    def scaled(self, factor):
        return Polygon(self.name, [(x * factor, y * factor) for x, y in self.points])


def regular(sides, radius):
    step = 2 * math.pi / sides
    return [(radius * math.cos(i * step), radius * math.sin(i * step)) for i in range(sides)]


scene = []
for number in range(40):
    scene.append(Circle('circle%d' % number, number / 2))
    scene.append(Polygon('polygon%d' % number, regular(3 + number % 5, 1.5)))
larger = [shape.scaled(2.5) for shape in scene if shape.area > 3]
areas = {shape.name: shape.area for shape in larger}
labels = [repr(shape) for shape in scene[:20]]
