import { type ConformanceHost, functionsOf } from '@tracemalloc/adapters/conformance';
import { attachSkulpt } from '@tracemalloc/adapters/skulpt';
import type { Tracer } from '@tracemalloc/core';
import { newSkulpt, type TestSkulpt } from '../../../packages/adapters/test/skulpt/new-skulpt.ts';
import { pythonPrograms } from '../python-programs.ts';

type Loaded = {
  readonly skulpt: TestSkulpt;
  /** Members that every run makes anew, adapter or not. */
  readonly ofTheRun: ReadonlySet<string>;
};

/** Loading a Skulpt takes a while, and detached ones are as good as new: the suite says so. */
const detached: Loaded[] = [];

function load(): Loaded {
  const skulpt = newSkulpt();
  skulpt.run('');
  const before = new Map(membersOf(skulpt.Sk));
  skulpt.run('');
  const after = membersOf(skulpt.Sk).filter(([name, number]) => before.get(name) !== number);
  return { skulpt, ofTheRun: new Set(after.map(([name]) => name)) };
}

/** Down to the members of prototypes: `Sk.builtin.list.prototype.append`. */
function membersOf(Sk: object): [string, number][] {
  // Not Skulpt's own: its realm, and what the last program defined.
  const {
    global: _,
    globals: __,
    ...members
  } = Object.getOwnPropertyDescriptors(Sk as Record<string, unknown>);
  return functionsOf(Object.defineProperties({}, members), 4);
}

export const host: ConformanceHost = {
  name: 'Skulpt',
  programs: pythonPrograms,
  type: 'bytes',
  extension: '.py',
  // CPython's, on 64 bits.
  sizeOf: (elements) => 33 + elements,
  async open() {
    const loaded = detached.pop() ?? load();
    const { skulpt, ofTheRun } = loaded;
    let detach = (): void => undefined;
    return {
      attach(tracer: Tracer) {
        const adapter = attachSkulpt(skulpt.Sk, tracer);
        detach = () => adapter.detach();
        return adapter.caps;
      },
      run(source, file) {
        const { error } = skulpt.run(source, { filename: `${file}.py` });
        if (error !== null) throw new Error(error);
      },
      settle: () => undefined,
      detach: () => detach(),
      fingerprint: () => membersOf(skulpt.Sk).filter(([name]) => !ofTheRun.has(name)),
      close() {
        detach();
        detached.push(loaded);
      },
    };
  },
};
