"""A hierarchy of classes with slots: shapes, particles, linked lists, a binary tree."""


class Vector:
    __slots__ = ('x', 'y')

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)


class Shape:
    __slots__ = ('name', 'place')

    def __init__(self, name, place):
        self.name = name
        self.place = place


class Circle(Shape):
    __slots__ = ('radius',)

    def __init__(self, place, radius):
        super().__init__('circle', place)
        self.radius = radius


class Rectangle(Shape):
    __slots__ = ('width', 'height')

    def __init__(self, place, width, height):
        Shape.__init__(self, 'rectangle', place)
        self.width = width
        self.height = height


class Labelled(Rectangle):
    def __init__(self, place, label):
        Rectangle.__init__(self, place, 1, 2)
        self.label = label


class Particle:
    def __init__(self, number):
        self.mass = 1.5 * number
        self.position = Vector(number, number)
        self.velocity = Vector(1, -1)

    def step(self):
        self.position = self.position + self.velocity


class Link:
    __slots__ = ('value', 'next')

    def __init__(self, value, next_link):
        self.value = value
        self.next = next_link


class Tree:
    __slots__ = ['key', 'left', 'right']

    def __init__(self, key):
        self.key = key
        self.left = None
        self.right = None

    def insert(self, key):
        if key < self.key:
            if self.left is None:
                self.left = Tree(key)
            else:
                self.left.insert(key)
        elif self.right is None:
            self.right = Tree(key)
        else:
            self.right.insert(key)


class Stack:
    def __init__(self):
        self.items = []

    def push(self, item):
        self.items.append(item)


class Empty:
    __slots__ = ()


circles = [Circle(Vector(number, 2), number) for number in range(150)]
rectangles = [Rectangle(Vector(0, number), 3, 4) for number in range(120)]
labelled = [Labelled(None, 'label') for _ in range(70)]
particles = [Particle(number) for number in range(100)]
for _ in range(3):
    for particle in particles:
        particle.step()
chain = None
for number in range(300):
    chain = Link(number, chain)
tree = Tree(500)
for number in range(220):
    tree.insert(number * 389 % 1009)
stack = Stack()
for shape in circles + rectangles:
    stack.push((shape.name, shape))
empty = [Empty() for _ in range(90)]
by_name = {}
for shape in circles + rectangles + labelled:
    by_name.setdefault(shape.name, []).append(shape.place)
