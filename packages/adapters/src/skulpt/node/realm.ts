import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { constants, createContext, runInContext } from 'node:vm';
import { TracemallocError } from '@tracemalloc/core';
import type { SkulptHost } from '../host.ts';

/** The text of one build of Skulpt. */
export type SkulptBuild = {
  /** `skulpt.js` or `skulpt.min.js`. */
  readonly source: string;
  /** `skulpt-stdlib.js`. */
  readonly stdlib: string;
};

/**
 * Loads Skulpt into a context of its own, so that Node's globals stay as they are and several
 * interpreters do not meet. It knows Python 3; the rest is for `Sk.configure` to say.
 *
 * @throws TracemallocError `unsupported-host` when the text leaves no `Sk` behind.
 */
export function createSkulpt({ source, stdlib }: SkulptBuild): SkulptHost {
  // Skulpt reads its globals at every step: through the interceptors of a plain context that takes
  // 3 to 12 times as long. Node 20.18 and 22.8 are the first that can do without.
  const ordinary = (constants as { DONT_CONTEXTIFY?: typeof constants.DONT_CONTEXTIFY } | undefined)
    ?.DONT_CONTEXTIFY;
  const context = createContext(ordinary ?? {});
  // Not TextEncoder, which Skulpt brings: Node's makes arrays that are none of the context's own.
  Object.assign(context, {
    setTimeout,
    clearTimeout,
    setInterval,
    clearInterval,
    queueMicrotask,
    performance,
  });
  runInContext('var window = this, self = this, global = this;', context);
  runInContext(source, context, { filename: 'skulpt.js' });
  runInContext(stdlib, context, { filename: 'skulpt-stdlib.js' });
  const { Sk } = context as { Sk?: SkulptHost };
  if (Sk === undefined) {
    throw new TracemallocError(
      'unsupported-host',
      'the text of Skulpt defines no global Sk: pass the content of skulpt.js or skulpt.min.js',
    );
  }
  const { python3 } = Sk;
  (Sk as SkulptHost & { configure(options: object): void }).configure({ __future__: python3 });
  return Sk;
}

/** Which build of Skulpt is loaded. */
export type BuildChoice = {
  /** Folder of the build; by default that of the installed package `skulpt`. */
  readonly folder?: string;
  /** Whether to take `skulpt.min.js`, which is what pages load; default true. */
  readonly minified?: boolean;
};

/** Reads a build of Skulpt. @throws TracemallocError `unsupported-host` when it is not there. */
export function readSkulptBuild(choice: BuildChoice = {}): SkulptBuild {
  const folder = choice.folder ?? installedFolder();
  return {
    source: readPart(folder, choice.minified === false ? 'skulpt.js' : 'skulpt.min.js'),
    stdlib: readPart(folder, 'skulpt-stdlib.js'),
  };
}

function readPart(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TracemallocError(
      'unsupported-host',
      `cannot read ${name} of Skulpt in ${folder}: ${reason}`,
    );
  }
}

function installedFolder(): string {
  for (const from of [join(process.cwd(), 'package.json'), import.meta.url]) {
    try {
      return join(createRequire(from).resolve('skulpt/package.json'), '..', 'dist');
    } catch {
      // Not installed there.
    }
  }
  throw new TracemallocError(
    'unsupported-host',
    `cannot find the package skulpt from ${process.cwd()}: npm install skulpt@1.2.0, or name its folder`,
  );
}
