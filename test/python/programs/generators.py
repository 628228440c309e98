"""Generators that are alive and suspended, and what they hold."""


def numbers(limit):
    buffer = [0] * 50
    for value in range(limit):
        buffer[value % 50] = value
        yield value


def pairs(source):
    for value in source:
        yield [value, value, value]


def delegating(limit):
    yield from numbers(limit)


running = [numbers(10) for _ in range(120)]
for generator in running:
    next(generator)

collected = list(pairs(range(900)))
nested = [delegating(5) for _ in range(100)]
for generator in nested:
    next(generator)
expressions = [(value for value in (1, 2, 3)) for _ in range(200)]
batches = [list(numbers(30)) for _ in range(90)]
mapping = {value: (value,) for value in numbers(800)}
chained = [row for row in pairs(numbers(400))]
