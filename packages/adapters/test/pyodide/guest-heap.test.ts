import { attachPyodide } from '@tracemalloc/adapters/pyodide';
import { Tracer } from '@tracemalloc/core';
import { HeapGraph, pathText, takeGraphSnapshot } from '@tracemalloc/core/graph';
import { expect, test } from 'vitest';
import type { Pyodide } from './compare-tracers.ts';
import { newPyodide, olderPyodide } from './new-pyodide.ts';

const program = `
import asyncio, collections, functools, gc, sys, typing, weakref
class Order: pass
class Slotted:
    __slots__ = ('inner',)
class Sub(dict): pass
class Row(list): pass
in_global = Order()
in_list = [None, Order()]
in_tuple = (Order(),)
in_dict = {'a é': Order(), 7: Order(), (1, 'x', None): Order(), 2.5: Order(), True: Order(), 10**30: Order(), ((1, (2, ())),): Order()}
for key in [1e16, 1e-5, 0.0001, -0.0, float('-inf'), 123456.0, 1.5e-300]: in_dict[key] = Order()
as_key = {Order(): 1}
in_set = {Order()}
in_frozenset = frozenset([Order()])
attribute = Order()
attribute.deep = Order()
asked = Order()
asked.__dict__['by dict'] = Order()
asked.__dict__[1] = 'no inline values'
slotted = Slotted(); slotted.inner = Order()
sub = Sub(k=Order()); sub.attribute = Order()
row = Row([Order()]); row.attribute = Order()
def closure():
    secret, other = Order(), Order()
    return lambda: (secret, other)
closed = closure()
def generator():
    mine = Order()
    for item in [Order()]:
        yield mine
waiting = generator(); next(waiting)
def default(x=Order(), *, y=Order()): pass
default.attribute = Order()
def fail():
    in_frame = Order()
    raise ValueError(Order())
try:
    fail()
except ValueError as error:
    failed = error
try:
    try: fail()
    except ValueError as error: raise KeyError from error
except KeyError as error:
    caused = error
class Class:
    attribute = Order()
    prop = property(functools.partial(print, Order()))
    def method(self): pass
bound = Class().method
bound.__self__.own = Order()
queue = collections.deque([0, Order()])
ordered = collections.OrderedDict(k=Order())
lazy = collections.defaultdict(functools.partial(Order))
lazy['k'] = Order()
chained = map(print, iter([Order()]))
weak = weakref.ref(in_global)
proxied = Order()
static = staticmethod(lambda x=Order(): x)
async def coroutine():
    awaited = Order()
    await asyncio.sleep(0)
coro = coroutine()
cell_of = closed.__closure__[0]
cycle = Order(); cycle.self = cycle
viewed = Order(); viewed.inner = Order(); vars(viewed)
class Alias(typing.Generic[typing.TypeVar('T')]): pass
big = [list(range(500)), set(range(500)), dict.fromkeys(range(500)), bytearray(5000), collections.deque(range(500)), tuple(range(500))]
`;

const look = `
import gc, sys
[len(gc.get_objects()), [sys.getsizeof(x) for x in (attribute, in_dict, closed, waiting, *in_dict)], sys.getrefcount(in_global),
 sys.getallocatedblocks(), sys.exception()].__repr__()`;

type Looked = Pyodide & { globals: { get(name: string): unknown } };

type Found = {
  readonly orders: string;
  /** Dicts that objects got when somebody looked at them: the collector asks for one of the two. */
  readonly ownDict: string[];
  /** Of what `big` holds: by the graph, and by `sys.getsizeof`. */
  readonly sizes: readonly [graph: number[], guest: number[]];
  readonly before: string;
  readonly after: string;
};

function graphOf(pyodide: Pyodide): Found {
  const tracer = new Tracer();
  const adapter = attachPyodide(pyodide, tracer);
  try {
    tracer.start(5);
    pyodide.runPython(program, { filename: 'app.py' });
    const held = (pyodide as Looked).globals.get('proxied') as { destroy(): void };
    pyodide.runPython('del proxied, coro');
    // Collections stop to watch tuples and dicts that hold nothing which could be a part of a cycle.
    const settled = () => {
      for (let i = 0; i < 3; i++) adapter.settle();
      return String(pyodide.runPython(look));
    };
    settled();
    const before = settled();
    const graph = new HeapGraph(takeGraphSnapshot(tracer, adapter.heap!));
    const after = settled();
    held.destroy();
    const ways: string[] = [];
    const ownDict: string[] = [];
    const sizes: number[] = [];
    for (let row = 0; row < graph.length; row++) {
      const way = pathText(graph, graph.pathTo(row)!);
      if (graph.typeOf(row) === 'Order') ways.push(way);
      if (
        graph.typeOf(row) === 'dict' &&
        /→ (?:viewed|Alias → type.__orig_bases__ → tuple\[0\]) →/.test(way)
      )
        ownDict.push(way);
      const place = /→ big → list\[(\d)\]$/.exec(way)?.[1];
      if (place !== undefined) sizes[Number(place)] = graph.sizeOf(row);
    }
    const guest = pyodide.runPython('repr([sys.getsizeof(x) for x in big])');
    return {
      ...{ orders: ways.sort().join('\n'), ownDict, before, after },
      sizes: [sizes, JSON.parse(String(guest)) as number[]],
    };
  } finally {
    adapter.detach();
  }
}

test.each([
  ['of now', newPyodide],
  ['before', olderPyodide],
])('the Pyodide %s says who holds what, and is not changed by being asked', async (_, load) => {
  const { orders, ownDict, sizes, before, after } = graphOf(await load());
  expect(after).toBe(before);
  expect(ownDict.sort()).toEqual([
    "module __main__ → Alias → type.__orig_bases__ → tuple[0] → typing._GenericAlias's __dict__",
    "module __main__ → viewed → Order's __dict__",
  ]);
  expect(sizes[0]).toEqual(sizes[1]);
  expect(orders).toMatchInlineSnapshot(`
    "held by the host
    module __main__ → Class → type.attribute
    module __main__ → Class → type.prop → property.fget → functools.partial.args → tuple[0]
    module __main__ → as_key → a key of dict
    module __main__ → asked
    module __main__ → asked → Order.by dict
    module __main__ → attribute
    module __main__ → attribute → Order.deep
    module __main__ → bound → method.__self__ → Class.own
    module __main__ → caused → KeyError.__cause__ → ValueError.__traceback__ → traceback.tb_next → traceback.tb_frame → local in_frame
    module __main__ → caused → KeyError.__cause__ → ValueError.args → tuple[0]
    module __main__ → cell_of → cell.cell_contents
    module __main__ → chained → map's reference → tuple[0] → list_iterator's reference → list[0]
    module __main__ → closed → function.__closure__ → tuple[1] → cell.cell_contents
    module __main__ → cycle
    module __main__ → default → function's default __defaults__ → tuple[0]
    module __main__ → default → function's default __kwdefaults__ → dict['y']
    module __main__ → default → function.attribute
    module __main__ → failed → ValueError.__traceback__ → traceback.tb_next → traceback.tb_frame → local in_frame
    module __main__ → failed → ValueError.args → tuple[0]
    module __main__ → in_dict → dict['a é']
    module __main__ → in_dict → dict[((1, <tuple>),)]
    module __main__ → in_dict → dict[(1, 'x', None)]
    module __main__ → in_dict → dict[-0.0]
    module __main__ → in_dict → dict[-inf]
    module __main__ → in_dict → dict[0.0001]
    module __main__ → in_dict → dict[1.5e-300]
    module __main__ → in_dict → dict[123456.0]
    module __main__ → in_dict → dict[1e+16]
    module __main__ → in_dict → dict[1e-05]
    module __main__ → in_dict → dict[2.5]
    module __main__ → in_dict → dict[7]
    module __main__ → in_dict → dict[<int>]
    module __main__ → in_dict → dict[True]
    module __main__ → in_frozenset → frozenset[0]
    module __main__ → in_global
    module __main__ → in_list → list[1]
    module __main__ → in_set → set[0]
    module __main__ → in_tuple → tuple[0]
    module __main__ → lazy → collections.defaultdict['k']
    module __main__ → ordered → collections.OrderedDict['k']
    module __main__ → queue → collections.deque[1]
    module __main__ → row → Row.attribute
    module __main__ → row → Row[0]
    module __main__ → slotted → Slotted.inner
    module __main__ → static → staticmethod.__func__ → function's default __defaults__ → tuple[0]
    module __main__ → sub → Sub.attribute
    module __main__ → sub → Sub['k']
    module __main__ → viewed
    module __main__ → viewed → Order.inner
    module __main__ → waiting → local item
    module __main__ → waiting → local mine"
  `);
});
