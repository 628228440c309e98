import { readFileSync, writeFileSync } from 'node:fs';
import { type GuestFiles, snapshotCodec } from '../../python/module/index.ts';
import { hashOf } from '../../python/node/installed.ts';
import type { BrythonAdapter } from '../attach.ts';
import {
  type BrythonGuestModule,
  type BrythonModuleOptions,
  type CompiledModules,
  installBrythonModule,
} from '../guest/guest-module.ts';
import type { BrythonInternals } from '../host.ts';
import { defaultCacheFolder, keepVerified, readVerified } from './code-cache.ts';

/** What the module `tracemalloc` in Brython on Node may be told. */
export type NodeGuestModuleOptions = BrythonModuleOptions & {
  /** Where to keep compiled modules; `null` = nowhere. Default: the user's cache folder. */
  readonly cacheFolder?: string | null;
};

/**
 * `import tracemalloc` in a Brython on Node: `Snapshot.dump` and `load` are on the file system, and
 * tracebacks show source lines of files that the guest did not import.
 */
export function installNodeGuestModule(
  $B: BrythonInternals,
  adapter: BrythonAdapter,
  options: NodeGuestModuleOptions = {},
): BrythonGuestModule {
  const { cacheFolder = defaultCacheFolder(), ...rest } = options;
  return installBrythonModule({ $B }, adapter, {
    codec: snapshotCodec,
    files: nodeFiles,
    readSource,
    ...(cacheFolder !== null && { compiledModules: compiledModulesIn(cacheFolder) }),
    ...rest,
  });
}

const nodeFiles: GuestFiles = {
  read: (path) => readFileSync(path),
  write: (path, bytes) => writeFileSync(path, bytes),
};

function readSource(filename: string): string | undefined {
  try {
    return readFileSync(filename, 'utf8').replace(/^\uFEFF/, '');
  } catch {
    return undefined;
  }
}

/** A folder of compiled modules by the hash of their key: nothing ever has to be invalidated. */
function compiledModulesIn(folder: string): CompiledModules {
  const nameOf = (key: string): string => `module-${hashOf(key)}.js`;
  return {
    get: (key) => readVerified(folder, nameOf(key)) ?? undefined,
    set: (key, compiled) => keepVerified(folder, nameOf(key), compiled),
  };
}
