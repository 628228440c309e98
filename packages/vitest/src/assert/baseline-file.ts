import { AllocationError, type Asserted } from './assertions.ts';
import { type BaselineVerdict, baselineText, compareBaseline } from './baseline.ts';
import { builtin } from './builtin.ts';
import { checkTraced } from './checks.ts';
import { measureRun } from './measure.ts';
import { checkOptions } from './options.ts';
import { after } from './sequence.ts';
import { checkTolerance, limitSettings } from './settings.ts';
import type { TracedWork } from './traced.ts';

/** How far a run may be from its baseline, and whether that is written anew. */
export type BaselineFileOptions = {
  /** By which part figures may differ: 0.1 is 10 %. Default: that of `setupLimits`, or 0. */
  readonly tolerance?: number;
  /** Writes the file. Default: whether the environment has `TRACEMALLOC_UPDATE=1`. */
  readonly update?: boolean;
};

type Files = {
  readFileSync(path: string, encoding: 'utf8'): string;
  writeFileSync(path: string, text: string, options: { flag: 'w' | 'wx' }): void;
  mkdirSync(path: string, options: { recursive: true }): void;
};

type Environment = {
  readonly process?: { readonly env: Readonly<Record<string, string | undefined>> };
};

/**
 * What one run allocates, by site, is no more than the file says. A file that is missing is written,
 * but not in CI. Less passes, and gives a text that says what can be tightened.
 * @throws AllocationError; TypeError on a platform without files.
 */
export function assertMatchesBaseline<M extends 'async' | 'sync'>(
  work: TracedWork<M>,
  file: string,
  options: BaselineFileOptions = {},
): Asserted<M> {
  const traced = checkTraced(work);
  checkOptions(options, ['tolerance', 'update']);
  const files = builtin<Files>('node:fs');
  if (files === null) throw new TypeError('baselines need a platform with files');
  const { env } = (globalThis as Environment).process ?? { env: {} };
  const tolerance = checkTolerance(options.tolerance ?? limitSettings().tolerance);
  const update = options.update ?? env['TRACEMALLOC_UPDATE'] === '1';
  return after(measureRun(traced, ['allocated', 'peak']), (run) => {
    const text = baselineText(run, traced.getLine);
    const baseline = read(files, file);
    if (update || (baseline === null && !env['CI'])) {
      writeBaseline({ path: file, name: file }, text, { isNew: baseline === null });
      return;
    }
    const verdict = baseline === null ? null : compareBaseline(text, baseline, tolerance);
    if (verdict?.kind === 'same' || verdict?.kind === 'less') return;
    const message = () =>
      `The baseline ${file} ${baselineProblem(verdict, tolerance, 'TRACEMALLOC_UPDATE=1')}`;
    throw new AllocationError({ message, actual: run.allocated ?? 0, expected: 0 });
  }) as Asserted<M>;
}

/** What this process wrote, by file. */
const written = new Map<string, string>();

/**
 * Writes a baseline; does nothing on a platform without files.
 * @param isNew It was not there when it was looked for: what another process has put there since
 * stays, and must be the same.
 * @throws Error when another check of this process, or of one beside it, wrote something else.
 */
export function writeBaseline(
  { path, name }: { readonly path: string; readonly name: string },
  text: string,
  { isNew }: { readonly isNew: boolean },
): void {
  const files = builtin<Files>('node:fs');
  let before = written.get(path) ?? text;
  if (files !== null && before === text) {
    files.mkdirSync(path.replace(/[^/\\]*$/, '') || '.', { recursive: true });
    try {
      files.writeFileSync(path, text, { flag: isNew ? 'wx' : 'w' });
    } catch (error) {
      if ((error as { readonly code?: string }).code !== 'EEXIST') throw error;
      before = read(files, path) ?? text;
    }
  }
  if (before !== text) {
    throw new Error(`Two checks that differ write the baseline ${name}: give each its own.`);
  }
  written.set(path, text);
}

/** What is wrong, after the name of the file. @param update What writes the file anew. */
export function baselineProblem(
  verdict: BaselineVerdict | null,
  tolerance: number,
  update: string,
): string {
  const remedy = `${update} writes it anew.`;
  if (verdict === null) return `is missing; ${remedy}`;
  if (verdict.kind === 'unreadable') return `can't be read: ${verdict.problem}; ${remedy}`;
  const within = tolerance === 0 ? '' : ` beyond ${tolerance * 100} %`;
  const changes = verdict.kind === 'more' ? verdict.changes.join('\n  ') : '';
  return `says less than the work allocates${within}; ${remedy}\n  ${changes}`;
}

function read(files: Files, path: string): string | null {
  try {
    return files.readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as { readonly code?: string }).code === 'ENOENT') return null;
    throw error;
  }
}
