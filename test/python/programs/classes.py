"""Instances with and without slots, inheritance, class attributes."""


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


class Slotted:
    __slots__ = ('left', 'right')

    def __init__(self, left, right):
        self.left = left
        self.right = right


class Node:
    made = []

    def __init__(self, name):
        self.name = name
        self.children = []
        self.made.append(self)

    def add(self, child):
        self.children.append(child)
        return child


class Leaf(Node):
    def __init__(self, name, weight):
        super().__init__(name)
        self.weights = [weight] * 20


points = [Point(1.5 * index, index) for index in range(400)]
slotted = [Slotted(index, None) for index in range(900)]
root = Node('root')
for outer in range(40):
    branch = root.add(Node('branch'))
    for inner in range(5):
        branch.add(Leaf('leaf', inner))
empties = [object() for _ in range(2500)]
bound = [root.add for _ in range(250)]
ranked = [(point, rank) for rank, point in enumerate(points)]
boxed = [[one, one] for one in slotted]
by_side = {index: (one,) for index, one in enumerate(slotted[:300])}
