from __future__ import annotations, division
import abc, contextlib, doctest, functools, heapq, io, json, linecache, os, os.path, queue, sys, traceback, typing
from functools import reduce, lru_cache, wraps, partial, cmp_to_key, total_ordering
print(reduce(lambda a, b: a + b, [1, 2, 3], 10), reduce(max, [3, 9, 2]))
@lru_cache(maxsize=None)
def fib(n: int) -> int:
    "fib doc"
    return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(50), fib.cache_info(), fib.__name__, fib.__doc__)
@lru_cache(maxsize=2)
def sq(x): return x * x
for i in (1, 2, 1, 3, 2): sq(i)
print(sq.cache_info())
def deco(f):
    @wraps(f)
    def inner(*a, **k):
        return f(*a, **k) + 1
    return inner
@deco
def one():
    "one!"
    return 1
print(one(), one.__name__, one.__doc__)
print(partial(pow, 2)(5), sorted([3, 1, 2], key=cmp_to_key(lambda a, b: b - a)))
@total_ordering
class V(object):
    def __init__(self, v): self.v = v
    def __eq__(self, o): return self.v == o.v
    def __lt__(self, o): return self.v < o.v
print(V(1) <= V(2), V(1) >= V(2), V(3) > V(2))
class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self): pass
    @property
    @abc.abstractmethod
    def name(self): pass
class Sq(Shape):
    def __init__(self, x): self.x = x
    def area(self): return self.x ** 2
    @property
    def name(self): return 'sq'
print(Sq(3).area(), Sq(2).name)
try: Shape()
except TypeError as e: print(e)
class Half(Shape):
    def area(self): return 1
try: Half()
except TypeError as e: print(e)
def gen():
    print('in'); yield 7; print('out')
cm = contextlib.contextmanager(gen)
with cm() as x: print(x)
with contextlib.suppress(KeyError): {}['x']
h = []
for x in [5, 2, 8, 1]: heapq.heappush(h, x)
print(h, [heapq.heappop(h) for _ in range(4)], heapq.nlargest(2, [1, 5, 3]), list(heapq.merge([1, 4], [2, 3])))
s = io.StringIO(); print('hi', file=s); print(repr(s.getvalue()), list(io.StringIO('a\nb')))
data = {'a': [1, 2.5, None, True], 'b': {'c': 'x"\n\u00e9'}, 'e': [], 'f': {}}
print(json.dumps(data)); print(json.dumps(data, indent=2, sort_keys=True)); print(json.loads(json.dumps(data)) == data)
for bad in ['', '{', '[1,]', '{"a" 1}', '"x', 'nul', '[1] 2', '{"a":1,}', '1.5e', '"\\x"']:
    try: print(json.loads(bad))
    except json.JSONDecodeError as e: print(e)
    except ValueError as e: print('V', e)
print(os.path.isfile(sys.argv[1]), os.path.join('a', 'b', '/c', 'd'), os.path.splitext('x/y.tar.gz'), os.path.basename('/a/b/'), os.path.normpath('a/../b//c/.'), os.path.relpath('/a/b', '/a/c'), os.path.exists('/nope'), os.sep)
try:
    {}['k']
except KeyError as e:
    print(traceback.format_exc().split('\n')[0], traceback.format_exc().split('\n')[-2])
    print(traceback.format_exception_only(type(e), e), sys.exc_info()[0], sys.exc_info()[1].args)
q = queue.Queue(); q.put(1); print(q.get(), q.empty())
try: open('/nope/x')
except FileNotFoundError as e: print(e, e.errno)
with open(sys.argv[1], 'w') as f:
    f.write('hello\nworld\n'); print('three', file=f)
with open(sys.argv[1]) as f: print(f.readlines())
for line in open(sys.argv[1]): print(line.strip())
print(linecache.getline(sys.argv[1], 2), end='')
os.remove(sys.argv[1])
def add(a, b):
    """Adds.

    >>> add(1, 2)
    3
    >>> add(1, 'x')
    Traceback (most recent call last):
        ...
    TypeError: unsupported operand type(s) for +: 'int' and 'str'
    >>> x = add(2, 2)
    >>> for i in range(2):
    ...     print(i, x)
    0 4
    1 4
    """
    return a + b
print(doctest.testmod())
T = typing.TypeVar('T')
class Stack(typing.Generic[T]):
    def f(self) -> typing.List[T]: return [1]
print(Stack().f(), typing.List[int], typing.Optional[typing.Dict[str, int]])
