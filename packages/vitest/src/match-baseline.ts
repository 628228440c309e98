import { expect, type MatcherState } from 'vitest';
import { compareBaseline } from './assert/baseline.ts';
import { baselineProblem } from './assert/baseline-file.ts';

/** How far a run may be from its baseline. */
export type BaselineOptions = {
  /** By which part figures may differ: 0.1 is 10 %. Default: that of `setupLimits`, or 0. */
  readonly tolerance?: number;
};

/** What is needed of vitest's snapshots: where files lie, on Node and in a browser. */
type Snapshots = {
  readonly _updateSnapshot: 'all' | 'new' | 'none';
  readonly _environment: {
    resolveRawPath(testPath: string, file: string): Promise<string>;
    readSnapshotFile(path: string): Promise<string | null>;
  };
};

/** What this process wrote, by file. */
const written = new Map<string, string>();

/**
 * Compares with the file; writes it where vitest writes file snapshots. Less than the baseline
 * passes, and the console says that it can be tightened.
 */
export async function matchBaseline(
  state: MatcherState,
  file: string,
  tolerance: number,
  text: string,
): Promise<{ pass: boolean; message: () => string }> {
  const { _updateSnapshot: mode, _environment: files } =
    state.snapshotState as unknown as Snapshots;
  const path = await files.resolveRawPath(state.testPath ?? '', file);
  const baseline = await files.readSnapshotFile(path);
  const verdict = baseline === null ? null : compareBaseline(text, baseline, tolerance);
  const isKept = verdict?.kind === 'same' || (verdict?.kind === 'less' && mode !== 'all');
  if (isKept) {
    await expect(baseline).toMatchFileSnapshot(path);
    if (verdict.kind === 'less') {
      const changes = verdict.changes.join('\n  ');
      // biome-ignore lint/suspicious/noConsole: the work passes, and vitest shows what tests log
      console.info(`The baseline ${file} can be tightened by vitest --update:\n  ${changes}`);
    }
    return { pass: true, message: () => `The work allocated what ${file} says.` };
  }
  const isWritten = mode === 'all' || (mode === 'new' && baseline === null);
  if (isWritten) {
    if ((written.get(path) ?? text) !== text) {
      throw new Error(`Two checks that differ write the baseline ${file}: give each its own.`);
    }
    written.set(path, text);
    await expect(text).toMatchFileSnapshot(path);
    return { pass: true, message: () => `The baseline ${file} was written.` };
  }
  return {
    pass: false,
    message: () => `The baseline ${file} ${baselineProblem(verdict, tolerance, 'vitest --update')}`,
  };
}
