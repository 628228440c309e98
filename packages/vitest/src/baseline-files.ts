import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import process from 'node:process';
import { isBaseline } from './assert/baseline.ts';
import type { UsedBaseline } from './match-baseline.ts';

/** A baseline, and which test was held to it. */
type Use = UsedBaseline & { readonly test: string };

/**
 * Baselines that two tests wrote, each something else: the last one stays, and the other will fail.
 * The run fails. `''` where there are none.
 */
export function clashReport(uses: readonly Use[]): string {
  const writers = new Map<string, Use>();
  const lines: string[] = [];
  for (const use of uses) {
    if (use.written === null) continue;
    const other = writers.get(use.path);
    writers.set(use.path, other ?? use);
    if (other === undefined || other.written === use.written) continue;
    lines.push(`  ${shownPath(use.path)}\n    ${other.test}\n    ${use.test}\n`);
  }
  if (lines.length === 0) return '';
  process.exitCode = 1;
  return `\nTwo tests that differ write one baseline; give each its own:\n${lines.join('')}`;
}

/**
 * Baselines that lie beside those that are used, and that no test was held to: of tests that have gone,
 * or are held to another file now. `''` where there are none.
 * @param removes Deletes them.
 */
export function staleReport(used: ReadonlySet<string>, removes: boolean): string {
  const folders = new Set([...used].map((path) => dirname(path)));
  const stale = [...folders].flatMap(baselinesIn).filter((path) => !used.has(path));
  if (stale.length === 0) return '';
  if (removes) for (const path of stale) rmSync(path);
  const what = removes ? 'deleted' : 'vitest --update deletes them';
  const lines = stale.map((path) => `  ${shownPath(path)}\n`);
  return `\nBaselines that no test is held to (${what}):\n${lines.join('')}`;
}

function baselinesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => join(folder, name))
    .filter((path) => isBaseline(readFileSync(path, 'utf8')))
    .sort();
}

function shownPath(path: string): string {
  return relative(process.cwd(), path).replaceAll('\\', '/');
}
