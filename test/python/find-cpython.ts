import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

/** Versions whose tests are known to fit, the best first. */
const VERSIONS = ['3.13', '3.14', '3.12', '3.11', '3.10'];

/**
 * CPython's own `test/test_tracemalloc.py` on this machine: of a Python in PATH, or of pyenv's.
 * `null` when no Python with its test package is installed.
 */
export function findCpythonTests(): { readonly file: string; readonly version: string } | null {
  const roots = [...rootsInPath(), ...pyenvRoots()];
  for (const version of VERSIONS) {
    for (const root of roots) {
      const file = join(root, 'lib', `python${version}`, 'test', 'test_tracemalloc.py');
      if (existsSync(file)) return { file, version };
    }
  }
  return null;
}

function rootsInPath(): string[] {
  const roots: string[] = [];
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const names = ['python3', ...VERSIONS.map((version) => `python${version}`)];
    for (const name of names) {
      const file = join(folder, name);
      if (existsSync(file)) roots.push(dirname(dirname(realpathSync(file))));
    }
  }
  return roots;
}

function pyenvRoots(): string[] {
  const folder = join(process.env['PYENV_ROOT'] ?? join(homedir(), '.pyenv'), 'versions');
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}
