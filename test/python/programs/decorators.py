"""Decorators with and without arguments, on functions, methods and classes."""

registry = []


def traced(function):
    calls = []

    def wrapper(*args):
        calls.append([function.__name__, args])
        return function(*args)

    wrapper.calls = calls
    return wrapper


def repeat(times):
    def decorate(function):
        def wrapper(*args):
            return [function(*args) for _ in range(times)]

        return wrapper

    return decorate


def registered(cls):
    registry.append((cls.__name__, {}))
    return cls


def memoize(function):
    known = {}

    def wrapper(number):
        if number not in known:
            known[number] = function(number)
        return known[number]

    return wrapper


@traced
def pair(left, right):
    return (left, right)


@repeat(6)
def cell(value):
    return {value}


@memoize
def table(number):
    return [number] * 15


@registered
class Job:
    @traced
    def run(self, number):
        return [number, number, None]

    @property
    def label(self):
        return [self]

    @staticmethod
    def make(size):
        return bytearray(size)


pairs = [pair(number, number) for number in range(220)]
cells = [cell(number) for number in range(60)]
tables = [table(number % 85) for number in range(400)]
job = Job()
runs = [job.run(number) for number in range(170)]
labels = [job.label for _ in range(420)]
made = [Job.make(300) for _ in range(50)]
