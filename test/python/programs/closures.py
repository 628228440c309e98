"""Functions made at run time: closures, defaults, lambdas, partial results in cells."""


def counter(start):
    state = [start, 0, 0, 0]

    def step(by=1):
        state[0] += by
        return state[0]

    return step


def accumulator():
    values = {}

    def add(key, value):
        values[key] = value
        return len(values)

    def total():
        return sum(values.values())

    return add, total


counters = [counter(index) for index in range(300)]
for one in counters:
    one()
pairs = [accumulator() for _ in range(150)]
for add, total in pairs:
    add('first', 1)
    add('second', 2)
squares = [lambda value, power=index: value**power for index in range(400)]
with_defaults = [(lambda items=(index, index): items) for index in range(220)]
memo = {index: (index, index * index, None, None) for index in range(1000, 1700)}
labels = [['label', index] for index in range(650)]
