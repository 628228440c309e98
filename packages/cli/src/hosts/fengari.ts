import { nodeCollector } from '@tracemalloc/adapters/callbacks/node';
import { attachFengari, installFengariModule } from '@tracemalloc/adapters/fengari';
import { runFengariProgram } from '@tracemalloc/adapters/fengari/node';
import type { Host } from './host.ts';
import { loadOptional } from './optional-package.ts';

type Fengari = {
  readonly lauxlib: { luaL_newstate(): object };
  readonly lualib: { luaL_openlibs(L: object): void };
};

/** Lua 5.3, in fengari: in JavaScript. */
export const host: Host = {
  recordsNativeFrames: true,
  refusesMemory: false,
  attach({ program, io, tracer, onWarning, nativeFrames }) {
    const { filename, source, argv } = program;
    const { stdoutBytes, stderr, cwd } = io;
    const fengari = loadOptional<Fengari>('fengari', '0.1', cwd);
    const L = fengari.lauxlib.luaL_newstate();
    fengari.lualib.luaL_openlibs(L);
    const adapter = attachFengari({ fengari, L }, tracer, {
      collector: nodeCollector(),
      onWarning,
      nativeFrames,
    });
    const [script, ...args] = argv;
    const chosen = script === '-c' ? { filename: '(command line)', source } : { filename };
    const complain = (bytes: Uint8Array) => stderr(Buffer.from(bytes).toString());
    return {
      install: () => void installFengariModule({ fengari, L }, adapter),
      run: () =>
        runFengariProgram({ fengari, L }, adapter, {
          ...chosen,
          args,
          cwd,
          stdout: stdoutBytes,
          stderr: complain,
        }),
    };
  },
};
