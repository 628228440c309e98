import { attachSkulpt } from '@tracemalloc/adapters/skulpt';
import { Tracer } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import { newSkulpt } from './guest.ts';

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
  const host = Sk as unknown as {
    builtin: Record<string, new (native: () => unknown) => object>;
    builtins: Record<string, unknown>;
  };
  const isNewer = 'GenericAlias' in host.builtin;
  const all = isNewer ? [...holders, ...newerHolders] : holders;
  const head = isNewer ? setup + newerSetup : setup;
  const tracer = new Tracer();
  attachSkulpt(Sk, tracer);
  tracer.start();
  const looks: Set<number>[] = [];
  host.builtins['look'] = new host.builtin['func']!(() => void looks.push(linesOfM(tracer)));
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
