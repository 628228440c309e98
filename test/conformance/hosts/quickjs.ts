import type { ConformanceHost, Programs } from '@tracemalloc/adapters/conformance';
import { attachQuickJS, type QuickJsAdapter } from '@tracemalloc/adapters/quickjs';
import {
  hooksOf,
  newQuickJs,
  type QuickJs,
} from '../../../packages/adapters/test/quickjs/new-quickjs.ts';

// Objects are maps: QuickJS notes the line of a call, and that is what makes them.
const head = 'globalThis.kept ??= []; const keep = (value) => { kept.push(value); return value; };';

const programs: Programs = {
  blocks: `{ ${head}
for (let i = 0; i < 10; i++) {
  keep(new Map()); // @a
}
for (let i = 0; i < 5; i++) {
  keep(new Map()); // @b
} }
`,
  sizes: `{ ${head}
keep(new Map(Array(10).fill([0, 0]))); // @a
keep(new Map(Array(100).fill([0, 0]))); // @b
}
`,
  frees: `{ ${head}
for (let i = 0; i < 10; i++) {
  const map = new Map(); // @a
  if (i > 3) keep(map);
} }
`,
  calls: `{ ${head}
const inner = () => {
  keep(new Map()); // @inner
};
const nothing = () => undefined;
const outer = () => {
  nothing();
  inner(); // @outer
  return 1;
};
outer(); // @main
}
`,
  recursion: `{ ${head}
const down = (n) => {
  if (n > 0) {
    down(n - 1); // @down
    return 1;
  }
  keep(new Map()); // @bottom
  return 0;
};
down(20); // @main
}
`,
  coroutine: `{ ${head}
const body = function* () {
  yield;
  keep(new Map()); // @inside
};
const generator = body();
generator.next();
const again = () => {
  generator.next(); // @resume
  return 1;
};
again(); // @main
}
`,
  exceptions: `{ ${head}
const c = () => { throw new Error(); };
const b = () => { c(); return 1; };
const a = () => { b(); return 1; };
try { a(); } catch {}
keep(new Map()); // @after
}
`,
};

export const host: ConformanceHost = {
  name: 'JavaScript (QuickJS)',
  programs,
  type: 'Map',
  extension: '.js',
  // That of an object alone: what a map holds has blocks of its own.
  sizeOf: () => 48,
  async open() {
    const quickjs: QuickJs = await newQuickJs();
    const runtime = quickjs.newRuntime();
    const context = runtime.newContext();
    let adapter: QuickJsAdapter | null = null;
    return {
      attach(tracer) {
        adapter = attachQuickJS(runtime, tracer);
        return adapter.caps;
      },
      run(source, file) {
        const result = context.evalCode(source, `${file}.js`);
        if (result.error !== undefined) throw new Error(JSON.stringify(context.dump(result.error)));
        result.dispose();
      },
      settle: () => adapter?.settle(),
      detach: () => adapter?.detach(),
      fingerprint: () => hooksOf(runtime),
      close() {
        adapter?.detach();
        context.dispose();
        runtime.dispose();
      },
    };
  },
};
