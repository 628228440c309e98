import type { Snapshot } from '@tracemalloc/core';
import { dump } from '@tracemalloc/core/codec';
import { builtin } from './builtin.ts';
import { limitSettings } from './settings.ts';

type Files = {
  mkdirSync(path: string, options: { recursive: true }): void;
  writeFileSync(path: string, bytes: Uint8Array): void;
};

/** How often this process has used a name. */
const used = new Map<string, number>();

/**
 * Writes the snapshot of a check that failed where `setupLimits` says.
 * @param name What the file is called after. @returns A line for the message, `''` where none is kept.
 */
export function keepSnapshot(snapshot: Snapshot, name: string): string {
  const { snapshots: folder } = limitSettings();
  if (folder === null) return '';
  const files = builtin<Files>('node:fs');
  if (files === null) return '\nNo snapshot was kept: this platform has no files.';
  const stem = name.replace(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 100) || 'check';
  const count = (used.get(stem) ?? 0) + 1;
  used.set(stem, count);
  const path = `${folder}/${stem}${count === 1 ? '' : `-${count}`}.tm`;
  try {
    files.mkdirSync(folder, { recursive: true });
    files.writeFileSync(path, dump(snapshot));
    return `\nThe snapshot is in ${path}: tracemalloc report ${path}`;
  } catch (error) {
    return `\nThe snapshot could not be kept: ${(error as Error).message}`;
  }
}
