import { attachSkulpt, installSkulptModule } from '@tracemalloc/adapters/skulpt';
import { createSkulpt, readSkulptBuild } from '@tracemalloc/adapters/skulpt/node';
import { Tracer } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import type { Skulpt, Suspension } from '../../examples/skulpt-page/skulpt.ts';
import { Turns } from '../../examples/skulpt-page/turns.ts';

const files: Readonly<Record<string, string>> = {
  'src/lib/shop.py': 'import till\nstock = []\nfor n in range(9): stock.append(till.price(n))\n',
  'src/lib/till.py': 'rates = [n for n in range(4)]\ndef price(n):\n    return rates[n % 4] * n\n',
};

const programs: Readonly<Record<string, string>> = {
  'a call': 'def f(n):\n    while n % 7: n += 1\n    return n\nprint([f(n) for n in range(20)])\n',
  'calls in calls':
    'def fib(n):\n    return n if n < 2 else fib(n - 1) + fib(n - 2)\nprint(fib(9), fib(fib(5)))\n',
  'an import': 'import shop\nfrom till import price\nprint(shop.stock, price(5))\n',
  'an import in a function':
    'def f():\n    import shop as s\n    return s.stock[-1]\nprint(f() + f())\n',
  'a generator':
    'def count(n):\n    for i in range(n):\n        x = yield i\n        print(x)\ng = count(3)\nprint(next(g), g.send(5), list(count(2)))\n',
  'a generator over another':
    'def a():\n    for i in range(4): yield i\ndef b():\n    for i in a():\n        if i % 2: yield i * i\nprint(sum(b()))\n',
  exceptions:
    "def f(n):\n    try:\n        for i in range(3):\n            if i == n: raise ValueError(n)\n        return 'none'\n    except ValueError as e:\n        return str(e)\n    finally:\n        print('finally', n)\nprint([f(n) for n in range(5)])\n",
  'an error that nobody catches in it':
    "def f(n):\n    while n: n -= 1\n    raise KeyError('k')\ntry:\n    f(3)\nexcept KeyError as e:\n    print(repr(e))\n",
  methods:
    'class P:\n    def __init__(self, x):\n        for i in range(2): self.x = x\n    def __add__(self, o):\n        return P(self.x + o.x)\n    def __lt__(self, o):\n        return self.x < o.x\n    def __repr__(self):\n        return "P" + str(self.x)\nps = [P(3), P(1), P(2)]\nprint(sorted(ps), ps[0] + ps[1], max(ps))\n',
  'a decorator':
    'def twice(f):\n    def g(*a, **k):\n        return [f(*a, **k) for _ in range(2)]\n    return g\n@twice\ndef h(a, b=2):\n    return a * b\nprint(h(3), h(3, b=4))\n',
  closures: 'fs = [(lambda i: lambda: i * i)(n) for n in range(4)]\nprint([f() for f in fs])\n',
  'a call of a native':
    'print(sorted([3, 1, 2], key=lambda n: -n), list(map(lambda n: [i for i in range(n)], [1, 2])))\n',
};

/** A Skulpt that is traced and lets others have a turn as often. @returns what runs a program in it, for its output. */
function skulptWith(milliseconds: number): (source: string) => Promise<string> {
  const Sk = createSkulpt(readSkulptBuild()) as unknown as Skulpt;
  const tracer = new Tracer();
  const adapter = attachSkulpt(Sk, tracer);
  installSkulptModule(Sk, adapter);
  tracer.start(5);
  const library = Sk.builtinFiles.files;
  let output = '';
  Sk.configure({
    __future__: Sk.python3,
    output: (text: string) => {
      output += text;
    },
    read(name: string) {
      const text = files[name] ?? library[name];
      if (text === undefined) throw new Error(`File not found: ${name}`);
      return text;
    },
    execLimit: 60_000,
  });
  const turns = new Turns(Sk, milliseconds);
  return async (source) => {
    output = '';
    let given = 0;
    const goOn = async (suspension: Suspension): Promise<unknown> => {
      given++;
      turns.begin();
      return suspension.resume();
    };
    turns.begin();
    const main = () => Sk.importMainWithBody('main', false, source, true);
    await Sk.misceval.asyncToPromise(main, { '*': goOn });
    expect(given > 3).toBe(milliseconds < 0);
    return output;
  };
}

const [atEveryLook, never] = [skulptWith(-1), skulptWith(1e9)];

test.each(Object.entries(programs))(
  '%s is the same where Python gives way at every look at the clock',
  async (_, source) => {
    expect(await atEveryLook(source)).toBe(await never(source));
  },
);
