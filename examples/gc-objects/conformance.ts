import { nodeCollector } from '@tracemalloc/adapters/callbacks/node';
import type { ConformanceHost, Programs } from '@tracemalloc/adapters/conformance';
import type { Tracer } from '@tracemalloc/core';
import { attachInterpreter } from './adapter.ts';
import { Interpreter, runFile } from './interpreter.ts';

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

export const jsInterpreterHost: ConformanceHost = {
  name: 'js-interpreter (callbacks)',
  programs,
  type: 'Thing',
  sizeOf: (elements) => 64 + 16 * elements,
  async open() {
    const interpreter = new Interpreter('');
    let detach = (): void => undefined;
    return {
      attach(tracer: Tracer) {
        const adapter = attachInterpreter(interpreter, tracer, nodeCollector());
        detach = adapter.detach;
        return adapter.caps;
      },
      run: (source, file) => runFile(interpreter, source, file),
      settle: () => undefined,
      detach: () => detach(),
      fingerprint: () => [
        Object.hasOwn(interpreter, 'createObjectProto'),
        interpreter.createObjectProto === Interpreter.prototype.createObjectProto,
      ],
      close: () => detach(),
    };
  },
};
