import { attachQuickJS, type QuickJsModule, traceableQuickJS } from '@tracemalloc/adapters/quickjs';
import { runQuickJsProgram } from '@tracemalloc/adapters/quickjs/node';
import type { Host } from './host.ts';
import { loadOptional } from './optional-package.ts';

type Loader = { newQuickJSWASMModule(): Promise<QuickJsModule> };

/** JavaScript, in QuickJS. */
export const host: Host = {
  recordsNativeFrames: true,
  async attach({ program, io, tracer, nativeFrames, onWarning }) {
    const { argv, source, file: filename } = program;
    const { cwd, stdout, stderr } = io;
    const { newQuickJSWASMModule } = loadOptional<Loader>('quickjs-emscripten', '0.32', cwd);
    const quickjs = await traceableQuickJS(newQuickJSWASMModule);
    const runtime = quickjs.newRuntime();
    const adapter = attachQuickJS(runtime, tracer, { nativeFrames, onWarning });
    return {
      run: () =>
        runQuickJsProgram(runtime, adapter, { source, filename, argv, cwd, stdout, stderr }),
      settle: () => adapter.settle(),
    };
  },
};
