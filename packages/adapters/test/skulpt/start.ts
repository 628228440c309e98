import {
  attachSkulpt,
  type SkulptAdapter,
  type SkulptAttachOptions,
  type SkulptHost,
} from '@tracemalloc/adapters/skulpt';
import { createSkulpt } from '@tracemalloc/adapters/skulpt/node';
import { Tracer } from '@tracemalloc/core';
import { buildOf } from './new-skulpt.ts';

export type Sk = SkulptHost & {
  configure(options: object): void;
  readonly builtinFiles: { readonly files: Readonly<Record<string, string>> };
  readonly builtins: Record<string, unknown>;
  readonly builtin: {
    readonly [name: string]: new (...args: unknown[]) => object & { v: unknown };
  };
  readonly misceval: {
    asyncToPromise(work: () => unknown): Promise<unknown>;
    promiseToSuspension(promise: Promise<unknown>): unknown;
    callsimArray(callable: unknown, args: unknown[]): unknown;
  };
  execLimit: number | null;
};

export type Guest = {
  readonly Sk: Sk;
  readonly tracer: Tracer;
  readonly adapter: SkulptAdapter;
  readonly output: string[];
  /** Runs a program as main.py. */
  run(source: string): void;
  runAsync(source: string): Promise<void>;
};

/** Loaded and configured as a page does it. */
export function configuredSkulpt(minified = true, output: string[] = []): Sk {
  const Sk = createSkulpt(buildOf({ minified })) as unknown as Sk;
  Sk.configure({
    output: (text: string) => output.push(text),
    read(file: string) {
      const text = Sk.builtinFiles.files[file];
      if (text === undefined) throw new Error(`no file ${file}`);
      return text;
    },
    __future__: Sk.python3,
  });
  return Sk;
}

export function startGuest(options: SkulptAttachOptions & { minified?: boolean } = {}): Guest {
  const { minified = true, ...attach } = options;
  const output: string[] = [];
  const Sk = configuredSkulpt(minified, output);
  const tracer = new Tracer();
  const adapter = attachSkulpt(Sk, tracer, attach);
  return {
    Sk,
    tracer,
    adapter,
    output,
    run: (source) => void Sk.importMainWithBody('main', false, source, false),
    async runAsync(source) {
      await Sk.misceval.asyncToPromise(() => Sk.importMainWithBody('main', false, source, true));
    },
  };
}

/** Live blocks by `line type`: how many, and their bytes. */
export function liveByLine(tracer: Tracer): Record<string, string> {
  const { sites, tracebacks, frames, strings } = tracer.takeSnapshot().data;
  const found: Record<string, string> = {};
  for (let site = 0; site < sites.length; site++) {
    if (sites.liveCount[site] === 0) continue;
    const frame = tracebacks.frame[tracebacks.offset[sites.traceback[site]!]!]!;
    const key = `${frames.line[frame]} ${strings[sites.type[site]!]}`;
    found[key] = `${sites.liveCount[site]} × ${sites.liveSize[site]}`;
  }
  return found;
}
