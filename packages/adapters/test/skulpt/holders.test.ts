import { attachSkulpt, type SkulptHost } from '@tracemalloc/adapters/skulpt';
import { Tracer } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import { newSkulpt } from './new-skulpt.ts';

const setup = `
import collections, itertools, operator
class M(object): pass
class L(list): pass
class D(dict): pass
class T(tuple): pass
class S(object):
    __slots__ = ('a',)
class Meta(type): pass
class H(object):
    def __init__(self, x): self.x = x
    def method(self): pass
    def __iter__(self): return self
    def __next__(self): return self.x
def gen(x):
    yield x
    yield x
def started(iterator):
    next(iterator)
    return iterator
def closure(x):
    def inner(): return x
    return inner
def put(o, x):
    o.a = x
    return o
def caught(x):
    try:
        raise ValueError(x)
    except ValueError as error:
        return error
Point = collections.namedtuple('Point', 'x y')
`;

/** Expressions of which the only holder of an M is what they make. One a line. */
const holders = `
[M()]
(M(),)
{1: M()}
{M(): 1}
{M()}
frozenset([M()])
L([M()])
D({1: M()})
D(a=M())
T([M()])
put(S(), M())
put(L(), M())
put(D(), M())
put(T(), M())
put(H(1), M())
collections.deque([M()])
collections.OrderedDict([(1, M())])
collections.defaultdict(list, {1: M()})
collections.defaultdict(closure(M()))
Point(M(), 1)
iter([M()])
iter((M(),))
iter({1: M()}.values())
iter({1: M()}.items())
iter({M(): 1})
iter({M()})
iter(H(M()))
iter(collections.deque([M()]))
{1: M()}.values()
{1: M()}.items()
{M(): 1}.keys()
enumerate([M()])
zip([M()], [1])
map(str, [M()])
map(closure(M()), [1])
filter(None, [M()])
reversed([M()])
gen(M())
started(gen(M()))
(x for x in [M()])
started((x for x in [M(), 1]))
closure(M())
lambda a=M(): a
put(closure(1), M())
type('X', (object,), {'a': M()})
Meta('Y', (object,), {'a': M()})
H(M()).method
[M()].append
property(closure(M()))
staticmethod(M())
classmethod(closure(M()))
super(H, H(M()))
slice(M(), 1)
caught(M())
caught([M()])
itertools.chain([M()])
itertools.chain([[1]], [M()])
itertools.chain.from_iterable([[M()]])
itertools.combinations([M(), 1], 1)
itertools.combinations_with_replacement([M()], 1)
itertools.compress([M()], [1])
itertools.cycle([M()])
started(itertools.cycle([M(), 1]))
itertools.dropwhile(None, [M()])
itertools.filterfalse(None, [M()])
itertools.groupby([M()])
next(itertools.groupby([M()]))
itertools.islice([M()], 1)
itertools.permutations([M()])
itertools.product([M()])
started(itertools.product([M(), 1], [1, 2]))
itertools.repeat(M())
itertools.starmap(closure(M()), [])
itertools.takewhile(None, [M()])
itertools.zip_longest([1], fillvalue=M())
itertools.accumulate([M()])
started(itertools.accumulate([M(), 1], closure(1)))
operator.itemgetter(M())
operator.methodcaller('x', M())
iter(closure(M()), 1)
collections.deque([M()]).append
dict([(1, M())])
list((M(),))
dict.fromkeys([M()])
{1: M()}.get
H(M()).__iter__
iter(reversed([M(), 1]))
started(iter([M(), 1]))
started(zip([1, 2], [M(), 2]))
started(enumerate([M(), 2]))
collections.Counter({M(): 2})
H(H(H(M())))
[[[[M()]]]]
collections.OrderedDict([(1, M())]).values()
iter(collections.OrderedDict([(1, M())]).items())
`
  .trim()
  .split('\n');

const newerHolders = `
functools.partial(str, M())
functools.partial(str, x=M())
cached(M())
functools.cmp_to_key(closure(M()))
functools.cmp_to_key(str)(M())
itertools.pairwise([M(), 1])
started(itertools.pairwise([M(), 1, 2]))
itertools.batched([M()], 1)
`
  .trim()
  .split('\n');

const newerSetup = `
import functools
def cached(x):
    f = functools.lru_cache(None)(lambda k: x)
    f(1)
    return f
`;

test('what only a native object holds is in use, and is free with it', () => {
  const { Sk, run } = newSkulpt();
  const isNewer = 'GenericAlias' in Sk.builtin;
  const all = isNewer ? [...holders, ...newerHolders] : holders;
  const head = isNewer ? setup + newerSetup : setup;
  const tracer = new Tracer();
  attachSkulpt(Sk, tracer);
  tracer.start();
  const looks: Set<number>[] = [];
  onLook(Sk, () => looks.push(linesOfM(tracer)));
  const program = [
    ...all.map((expression, i) => `h_${i} = ${expression}`),
    'look()',
    ...all.map((_, i) => `h_${i} = None`),
    'look()',
  ];
  expect(run(head + program.join('\n')).error).toBeNull();
  const [before, after] = looks;
  const first = head.split('\n').length;
  expect(all.filter((_, i) => !before!.has(first + i))).toEqual([]);
  expect(all.filter((_, i) => after!.has(first + i))).toEqual([]);
});

/** Each line with an M looks while the M is only in a statement or a frame that is being run. */
const inProgress = `
class M(object):
    def __init__(self): self.v = 1
    def method(self, *a): look()
    def __add__(self, o): return 1
    def __enter__(self): return 5
    def __exit__(self, *a): look(); return True
    def __getitem__(self, k): look(); return 1
    def __iter__(self): return iter([1])
    def __call__(self): look()
    def __eq__(self, o): look(); return True
    def __hash__(self): return 3
    def __getattr__(self, n): look(); return 1
    def __bool__(self): look(); return True
    def __str__(self): look(); return 's'
    def __len__(self): look(); return 1
def f(*a, **k): pass
def g(a, b=1): look()
def va(*a, **k): look()
def L():
    look()
    return 2
def cases():
    f(M(), L())
    [M(), L()]
    (M(), L())
    {1: M(), 2: L()}
    {M(), L()}
    M().method()
    M().method(L())
    M() + L()
    M()[1]
    M()()
    M() == 1
    M().foo
    not M()
    M() and L()
    for x in [M()]: L()
    for x in M(): L()
    [L() for y in [M()]]
    {L() for y in [M()]}
    list(L() for y in [M()])
    g(M())
    g(1, M())
    g(1, b=M())
    va(M())
    va(*[M()])
    va(a=M())
    va(**{'a': M()})
    (lambda q=M(): look())()
    (lambda q: look())(M())
    [M()][L() - 2]
    (M() if L() else 1, L())
    f(f(M(), 1), M(), L())
    '%s %s' % (M(), L())
    '{} {}'.format(M(), L())
    f"{M()} {L()}"
    x = M(), L()
cases()
def w():
    with M(): L()
w()
def w2():
    with M() as z: L()
w2()
def e1():
    try: raise ValueError(M())
    except ValueError: look()
e1()
def e2():
    try: raise ValueError(M())
    except ValueError as er: look()
e2()
def e3():
    try: raise ValueError(M())
    finally: look()
try: e3()
except ValueError: pass
def e4():
    try: return M()
    finally: look()
e4()
def gen():
    q = M()
    yield 1
    look()
for _ in gen(): pass
def gen2(q):
    yield 1
    look()
list(gen2(M()))
list(x for x in gen2(M()))
class Body(object):
    a = M()
    look()
def cell():
    c = M()
    def inner():
        look()
        return c
    return inner()
cell()
`;

test('what running statements and frames hold is in use', async () => {
  const { Sk, runAsync } = newSkulpt();
  const tracer = new Tracer();
  attachSkulpt(Sk, tracer);
  tracer.start();
  const seen = new Set<number>();
  onLook(Sk, () => {
    for (const line of linesOfM(tracer)) seen.add(line);
  });
  expect((await runAsync(inProgress)).error).toBeNull();
  const missed = inProgress
    .split('\n')
    .filter((line, i) => line.includes('M()') && !seen.has(i + 1));
  expect(missed).toEqual([]);
});

/** Gives the guest a function `look()`. */
function onLook(Sk: SkulptHost, look: () => void): void {
  const { builtin, builtins } = Sk as unknown as {
    builtin: { func: new (native: () => unknown) => object; none: { none$: object } };
    builtins: Record<string, unknown>;
  };
  builtins['look'] = new builtin.func(() => {
    look();
    return builtin.none.none$;
  });
}

/** Lines that made an M that is in use. */
function linesOfM(tracer: Tracer): Set<number> {
  const { sites, tracebacks, frames, strings } = tracer.takeSnapshot().data;
  const lines = new Set<number>();
  for (let site = 0; site < sites.length; site++) {
    if (sites.liveCount[site] === 0 || strings[sites.type[site]!] !== 'M') continue;
    lines.add(frames.line[tracebacks.frame[tracebacks.offset[sites.traceback[site]!]!]!]!);
  }
  return lines;
}
