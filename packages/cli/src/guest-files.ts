import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { GuestFiles } from '@tracemalloc/adapters/python-module';

/** Real files for the guest's `Snapshot.dump(filename)` and `Snapshot.load(filename)`. */
export function realFiles(cwd: string): GuestFiles {
  return {
    read: (path) => readFileSync(resolve(cwd, path)),
    write: (path, bytes) => writeFileSync(resolve(cwd, path), bytes),
  };
}
