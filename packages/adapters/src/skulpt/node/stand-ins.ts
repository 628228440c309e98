import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Skulpt } from '../host.ts';
import { guestSources } from './guest-sources.ts';
import { nativeModule } from './native-module.ts';

/** Where Skulpt looks for its library. */
const library = 'src/lib/';
/** The member of `Sk` by which the native module's code finds its functions. */
export const nativesMember = '$tracemallocNatives';

/**
 * The text of a module of Skulpt's library that it lacks or has no more than a name of; `null` where
 * that is in another file. Undefined where Skulpt's own is to be taken.
 */
export function standIn(path: string): string | null | undefined {
  if (!path.startsWith(library)) return undefined;
  const name = path.slice(library.length);
  if (name === `${nativeModule}.js`) return `var $builtinmodule=()=>Sk.${nativesMember}();`;
  if (Object.hasOwn(guestSources, name)) return guestSources[name];
  return isStandIn(name.replace(/(?:\/__init__)?\.(?:py|js)$/, '')) ? null : undefined;
}

/** Whether the program's folder has a module of the name that a part of the library goes by: it comes first, as in CPython. */
export function isShadowed(folder: string, path: string): boolean {
  const name = /^src\/lib\/([^/.]+)[/.]/.exec(path)?.[1];
  if (name === undefined || name === nativeModule) return false;
  return existsSync(join(folder, `${name}.py`)) || existsSync(join(folder, name, '__init__.py'));
}

/** What loading a stand-in allocates is none of the program's: CPython has most of them when it begins. */
export function excludeStandIns(Sk: Skulpt, exclude: <T>(work: () => T) => T): () => void {
  const load = Sk.importModuleInternal_;
  const ours: Skulpt['importModuleInternal_'] = (name, ...rest) =>
    isStandIn(name) ? exclude(() => load.call(Sk, name, ...rest)) : load.call(Sk, name, ...rest);
  Sk.importModuleInternal_ = ours;
  return () => {
    if (Sk.importModuleInternal_ === ours) Sk.importModuleInternal_ = load;
  };
}

/** Whether there is one for a module whose name is written as a path. */
function isStandIn(name: string): boolean {
  const path = name.replaceAll('.', '/');
  return (
    Object.hasOwn(guestSources, `${path}.py`) || Object.hasOwn(guestSources, `${path}/__init__.py`)
  );
}
