"""Allocations in modules beside the program."""

import shapes
from shapes import Circle, Square
from store import Store

squares = [Square(side) for side in range(260)]
circles = [Circle(0.5 * radius) for radius in range(180)]
store = Store()
for shape in squares + circles:
    store.add(shape)
table = shapes.table(squares)
copied = store.rows()
outline = shapes.outline(90)
names = [[shape.name] for shape in circles]
