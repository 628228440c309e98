import { nodeCollector } from '@tracemalloc/adapters/callbacks/node';
import type { ConformanceHost, Programs } from '@tracemalloc/adapters/conformance';
import {
  attachJsInterpreter,
  type JsInterpreterAdapter,
} from '@tracemalloc/adapters/js-interpreter';
import {
  Interpreter,
  runFile,
} from '../../../packages/adapters/test/js-interpreter/new-interpreter.ts';

const keep = `var kept = [], x, i;
function Thing() {}
`;

const programs: Programs = {
  blocks: `${keep}
for (i = 0; i < 10; i++) {
  kept.push(new Thing()); // @a
}
for (i = 0; i < 5; i++) {
  kept.push(new Thing()); // @b
}
`,
  sizes: `${keep}
kept[0] = new Thing(); // @a
for (i = 0; i < 10; i++) kept[0][i] = i;
kept[1] = new Thing(); // @b
for (i = 0; i < 100; i++) kept[1][i] = i;
`,
  frees: `${keep}
for (i = 0; i < 10; i++) {
  x = new Thing(); // @a
  if (i < 6) kept.push(x);
}
x = null;
`,
  calls: `${keep}
function inner() {
  kept.push(new Thing()); // @inner
}
function nothing() {}
function outer() {
  nothing();
  inner(); // @outer
}
outer(); // @main
`,
  recursion: `${keep}
function down(n) {
  if (n === 0) {
    kept.push(new Thing()); // @bottom
  } else {
    down(n - 1); // @down
  }
}
down(20); // @main
`,
  coroutine: null,
  exceptions: `${keep}
function a() { b(); }
function b() { c(); }
function c() { throw 1; }
try { a(); } catch (error) {}
kept.push(new Thing()); // @after
`,
};

export const host: ConformanceHost = {
  name: 'JavaScript (js-interpreter)',
  programs,
  type: 'Thing',
  sizeOf: (elements) => 64 + 16 * elements,
  async open() {
    const interpreter = new Interpreter('');
    let adapter: JsInterpreterAdapter | null = null;
    return {
      attach(tracer) {
        adapter = attachJsInterpreter(interpreter, tracer, { collector: nodeCollector() });
        return adapter.caps;
      },
      run: (source, file) => runFile(interpreter, source, file),
      settle: () => undefined,
      detach: () => adapter?.detach(),
      fingerprint: () => [
        Object.hasOwn(interpreter, 'createObjectProto'),
        interpreter.createObjectProto === Interpreter.prototype.createObjectProto,
      ],
      close: () => adapter?.detach(),
    };
  },
};
