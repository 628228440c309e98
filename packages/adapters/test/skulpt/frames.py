def plain(
    a,
    b=2):
    here('multi-line def')
    return [
        here('in a list'),
        a,
        here('after it')]


def caller():
    return plain(
        here('argument'),
        b=here('keyword'))


caller()

add = lambda x: (
    here('lambda'),
    x)
add(1)


class Body(object):
    here('class body')
    field = [
        here('class body, nested')]

    class Inner(object):
        here('inner class')

    def __init__(self, x):
        self.x = here('init')

    def __add__(self, other):
        here('operator')
        return self

    def __iter__(self):
        here('iter')
        return iter([1])


body = Body(
    1)
body + \
    body
for _ in body:
    here('loop')


def gen(n):
    here('generator start')
    for i in range(n):
        x = (yield
             here('yielded'))
        here('after yield')


for item in gen(2):
    here('consumer')

list(here('genexp') for k in
     [1, 2])


def fails(n):
    try:
        if n == 0:
            raise ValueError(
                here('raise'))
        fails(n - 1)
    except KeyError:
        pass
    finally:
        here('finally')


try:
    fails(2)
except ValueError:
    here('except')
here('after the exception')


class Manager(object):
    def __enter__(self):
        here('enter')
        return self

    def __exit__(self, *args):
        here('exit')
        return True


def managed():
    with Manager():
        here('inside')
        raise KeyError('x')
    here('unreachable or after')


managed()


def outer():
    kept = here('closure made')

    def inner():
        here('closure')
        return kept
    return inner


outer()()


def recursive(n):
    if n:
        return recursive(n - 1) or here('unwound')
    here('deepest')


recursive(3)
i = 0
while here('condition') is None and i < 2:
    i += 1
    here('while')
sorted([2, 1], key=lambda v: here('key') or v)
here('end')
text = [
    f"{here('in a text')} {(lambda: here('lambda in a text'))()}",
    here('after the text')]
