import { nodeCollector } from '@tracemalloc/adapters/callbacks/node';
import { attachJsInterpreter, type JsInterpreterClass } from '@tracemalloc/adapters/js-interpreter';
import { createJsInterpreter, runJsProgram } from '@tracemalloc/adapters/js-interpreter/node';
import type { Host } from './host.ts';
import { loadOptional } from './optional-package.ts';

/** JavaScript (ECMAScript 5), in Neil Fraser's JS-Interpreter. */
export const host: Host = {
  recordsNativeFrames: true,
  refusesMemory: false,
  attach({ program, io, tracer, onWarning, nativeFrames }) {
    const { filename, source, argv } = program;
    const { stdout, stderr, cwd } = io;
    const Interpreter = loadOptional<JsInterpreterClass>('js-interpreter', '6.0', cwd);
    const interpreter = createJsInterpreter(Interpreter, {
      argv: ['js-interpreter', ...argv],
      stdout,
      stderr,
    });
    const adapter = attachJsInterpreter(interpreter, tracer, {
      collector: nodeCollector(),
      onWarning,
      nativeFrames,
    });
    return { run: () => runJsProgram(interpreter, adapter, { filename, source }, stderr) };
  },
};
