import type {
  BrythonAdapter,
  BrythonAttachOptions,
  BrythonGuestModule,
} from '@tracemalloc/adapters/brython';
import {
  type BrythonRuntime,
  createBrython,
  installNodeGuestModule,
  type NodeGuestModuleOptions,
} from '@tracemalloc/adapters/brython/node';
import { Tracer } from '@tracemalloc/core';

/** A Brython with `import tracemalloc`, as the tests run their programs in. */
export type Guest = {
  readonly runtime: BrythonRuntime;
  readonly tracer: Tracer;
  readonly adapter: BrythonAdapter;
  readonly module: BrythonGuestModule;
  /** Runs a program and gives what it printed. @throws Error with the guest's traceback. */
  run(source: string, filename?: string): string;
};

export type GuestOptions = {
  readonly attach?: BrythonAttachOptions;
  readonly module?: NodeGuestModuleOptions;
};

export async function createGuest(options: GuestOptions = {}): Promise<Guest> {
  let printed = '';
  let errors = '';
  const runtime = await createBrython({
    stdout: (text) => {
      printed += text;
    },
    stderr: (text) => {
      errors += text;
    },
  });
  const tracer = new Tracer();
  const adapter = runtime.attach(tracer, { selfTest: false, ...options.attach });
  const module = installNodeGuestModule(runtime.$B, adapter, options.module);
  return {
    runtime,
    tracer,
    adapter,
    module,
    run(source, filename = 'main.py') {
      printed = '';
      errors = '';
      const { exitCode } = runtime.run({ source, filename });
      if (exitCode !== 0) throw new Error(`exit status ${exitCode}\n${printed}${errors}`);
      return printed;
    },
  };
}
