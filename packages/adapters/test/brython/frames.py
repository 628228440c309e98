"""Every kind of call, marked: what is the stack, by file, line and function, at each mark?"""
import functools


def mark(tag):
    note(tag)
    return tag


def plain():
    value = mark('plain')
    return value


plain()


def outer():
    def middle():
        def inner():
            mark('nested')
        inner()
    middle()


outer()
[mark('list comprehension') for _ in range(2)]
[x for x in [1] if mark('comprehension condition')]
{mark('dict comprehension'): 1 for _ in range(1)}
{mark('set comprehension') for _ in range(1)}
list(mark('generator expression') for _ in range(3))


def generator():
    mark('generator, first part')
    yield 1
    mark('generator, second part')
    yield 2


for _ in generator():
    mark('loop over generator')


def delegating():
    yield from generator()


for _ in delegating():
    pass


class Thing:
    mark('class body')
    listed = [mark('comprehension in class') for _ in range(1)]

    def __init__(self):
        mark('init')

    def method(self):
        mark('method')
        return self

    @property
    def value(self):
        return mark('property')

    @staticmethod
    def static():
        mark('static method')

    @classmethod
    def made(cls):
        mark('class method')

    def __len__(self):
        mark('len')
        return 3

    def __add__(self, other):
        mark('add')
        return self

    def __getitem__(self, key):
        mark('getitem')
        return key

    def __eq__(self, other):
        mark('eq')
        return True

    def __enter__(self):
        mark('enter')
        return self

    def __exit__(self, *error):
        mark('exit')

    def __call__(self):
        mark('call')


thing = Thing()
thing.method().method()
thing.value
Thing.static()
Thing.made()
len(thing)
thing + 1
thing[0]
thing == 3
thing()
with thing as entered:
    mark('with body')
sorted([3, 1], key=lambda v: mark('sort key') and v)
list(map(lambda v: mark('map'), [1]))
functools.reduce(lambda a, b: mark('reduce'), [1, 2])


def decorator(function):
    mark('decorator')

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        mark('wrapper')
        return function(*args, **kwargs)

    return wrapper


@decorator
@decorator
def decorated(argument=mark('default')):
    mark('decorated')


decorated()


@(lambda cls: (mark('class decorator'), cls)[1])
class Decorated:
    pass


try:
    mark('try')
    1 / 0
except ZeroDivisionError:
    mark('except')
finally:
    mark('finally')


def raising():
    try:
        raise ValueError(mark('raise'))
    except ValueError as error:
        mark('except in function')
        raise KeyError from error


try:
    raising()
except KeyError:
    mark('after raise')
if mark('if'):
    mark('if body')
while mark('while') and False:
    pass
picked = mark('conditional value') if mark('condition') else None
listed = [
    mark('list, 1'),
    [mark('list, 2'),
     mark('list, 3')],
]
mapping = {
    'a': mark('dict, 1'),
    'b': mark('dict, 2'),
}


def collect(*args, **kwargs):
    return mark('collect')


collect(
    mark('argument, 1'),
    mark('argument, 2'),
    k=mark('argument, 3'),
)
joined = (mark('sum, 1')
          + mark('sum, 2'))
text = 'x'.join(
    mark('join %d' % i)
    for i in range(2))
exec("mark('exec, 1')\nmark('exec, 2')")
eval("mark('eval')")
late = lambda: (
    mark('lambda on two lines'))
late()


def recursive(n):
    if n == 0:
        return mark('recursion')
    return recursive(n - 1)


recursive(5)
assert mark('assert')
first = second = mark('two targets')
del first; mark('after semicolon')
match mark('match'):
    case 'nothing':
        pass
    case 'match':
        mark('case')
print_like = f'{mark("f-string")}'


async def coroutine():
    mark('coroutine')
    return [mark('coroutine value')]


try:
    coroutine().send(None)
except StopIteration:
    pass


class Meta(type):
    def __new__(meta, *args):
        mark('metaclass')
        return super().__new__(meta, *args)


class WithMeta(metaclass=Meta):
    pass


def matched(value):
    match value:
        case [first, *_] if (
                mark('guard')
                and first > 1):
            return mark('first case')
        case {'k': _} if mark('guard of a later case'):
            return mark('later case')
        case [*rest]:
            return mark(
                'last case')


matched([1])
matched([2])
matched({'k': 1})
match [3]:
    case [last] if mark('guard in a module'):
        pass
mark('after a match')
