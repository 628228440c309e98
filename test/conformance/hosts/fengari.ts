import { nodeCollector } from '@tracemalloc/adapters/callbacks/node';
import { type ConformanceHost, functionsOf } from '@tracemalloc/adapters/conformance';
import { attachFengari, type FengariAdapter } from '@tracemalloc/adapters/fengari';
import { classesOf } from '../../../packages/adapters/src/fengari/layout.ts';
import { call, compile, fengari, newLua } from '../../../packages/adapters/test/fengari/lua.ts';
import { luaPrograms } from '../lua-programs.ts';

/** As in Lua 5.3: a header, and the zero that ends a C string. */
const stringOverhead = 25;

export const host: ConformanceHost = {
  name: 'Lua (fengari)',
  programs: luaPrograms(''),
  type: 'string',
  sizeOf: (elements) => stringOverhead + elements,
  async open() {
    const L = newLua();
    let adapter: FengariAdapter | null = null;
    return {
      attach(tracer) {
        adapter = attachFengari({ fengari, L }, tracer, { collector: nodeCollector() });
        return adapter.caps;
      },
      run(source, file) {
        // What the compiler makes belongs to no line.
        const load = () => compile(L, source, file);
        if (adapter === null) load();
        else adapter.exclude(load);
        call(L);
      },
      settle: () => undefined,
      detach: () => adapter?.detach(),
      fingerprint: () => [
        classesOf(fengari).map(({ prototype }) => Reflect.ownKeys(prototype).map(String)),
        functionsOf(fengari.lua, 1),
        Object.keys(L),
        L.top,
      ],
      close: () => adapter?.detach(),
    };
  },
};
