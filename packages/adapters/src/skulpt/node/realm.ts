import { join } from 'node:path';
import { constants, createContext, runInContext } from 'node:vm';
import { TracemallocError } from '@tracemalloc/core';
import { type InterpreterPackage, installedFolder, readPart } from '../../python/node/installed.ts';
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
  const folder = choice.folder ?? join(installedFolder(skulpt), 'dist');
  const read = (name: string): string => readPart(skulpt, folder, name).text;
  return {
    source: read(choice.minified === false ? 'skulpt.js' : 'skulpt.min.js'),
    stdlib: read('skulpt-stdlib.js'),
  };
}

const skulpt: InterpreterPackage = { title: 'Skulpt', install: 'skulpt@1.2.0' };
