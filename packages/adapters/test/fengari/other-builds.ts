import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { compileFunction } from 'node:vm';
import type { Fengari } from '../../src/fengari/host.ts';

const require = createRequire(import.meta.url);
const main = require.resolve('fengari');

type Module = { exports: object };

/** Loads fengari anew, with the text of all its modules changed. */
export function otherBuild(change: (text: string) => string): Fengari {
  const modules = new Map<string, Module>();
  const load = (file: string): object => {
    const known = modules.get(file);
    if (known !== undefined) return known.exports;
    const module: Module = { exports: {} };
    modules.set(file, module);
    const names = ['module', 'exports', 'require'];
    const body = compileFunction(change(readFileSync(file, 'utf8')), names, { filename: file });
    body(module, module.exports, (name: string) =>
      name.startsWith('.') ? load(resolve(dirname(file), name)) : require(resolveOther(name)),
    );
    return module.exports;
  };
  return load(main) as Fengari;
}

/** fengari's own dependencies. */
function resolveOther(name: string): string {
  return createRequire(main).resolve(name);
}
