// `tracemalloc run --interpreter` of this module runs a Lisp program and says where its memory went.
import type { Host } from '@tracemalloc/cli';
import { attachLisp } from './adapter.ts';
import { Lisp } from './lisp/lisp.ts';

const host: Host = {
  endings: ['.lisp'],
  attach({ program, io, tracer }) {
    const lisp = new Lisp();
    attachLisp(lisp, tracer);
    return {
      run() {
        try {
          lisp.run(program.source, program.filename);
          return { exitCode: 0 };
        } catch (error) {
          io.stderr(`${error}\n`);
          return { exitCode: 1 };
        } finally {
          io.stdout(lisp.printed.map((text) => `${text}\n`).join(''));
        }
      },
      settle: () => lisp.heap.collect(),
    };
  },
};

// biome-ignore lint/style/noDefaultExport: the command takes the default export
export default host;
