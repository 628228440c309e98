import { expect, type MatcherState } from 'vitest';
import { compareBaseline } from './assert/baseline.ts';
import { baselineProblem, writeBaseline } from './assert/baseline-file.ts';

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

/** A baseline that a test was held to, as its `meta` takes it to the reporter. */
export type UsedBaseline = {
  /** Where it lies. */
  readonly path: string;
  /** What was written there; `null` where it was only read. */
  readonly written: string | null;
};

type Result = {
  readonly pass: boolean;
  readonly message: () => string;
  readonly used: UsedBaseline;
};

/**
 * Compares with the file; writes it where vitest writes file snapshots. Less than the baseline
 * passes, and the console says that it can be tightened.
 */
export async function matchBaseline(
  state: MatcherState,
  file: string,
  tolerance: number,
  text: string,
): Promise<Result> {
  const { _updateSnapshot: mode, _environment: files } =
    state.snapshotState as unknown as Snapshots;
  const path = await files.resolveRawPath(state.testPath ?? '', file);
  const baseline = await files.readSnapshotFile(path);
  const verdict = baseline === null ? null : compareBaseline(text, baseline, tolerance);
  const isKept = verdict?.kind === 'same' || (verdict?.kind === 'less' && mode !== 'all');
  if (isKept) {
    if (verdict.kind === 'less') {
      const changes = verdict.changes.join('\n  ');
      // biome-ignore lint/suspicious/noConsole: the work passes, and vitest shows what tests log
      console.info(`The baseline ${file} can be tightened by vitest --update:\n  ${changes}`);
    }
    const message = (): string => `The work allocated what ${file} says.`;
    return { pass: true, message, used: { path, written: null } };
  }
  const isWritten = mode === 'all' || (mode === 'new' && baseline === null);
  if (isWritten) {
    writeBaseline({ path, name: file }, text, { isNew: baseline === null });
    // Says so in vitest's summary; writes it where a page has no files.
    await expect(text).toMatchFileSnapshot(path);
    const message = (): string => `The baseline ${file} was written.`;
    return { pass: true, message, used: { path, written: text } };
  }
  return {
    pass: false,
    message: () => `The baseline ${file} ${baselineProblem(verdict, tolerance, 'vitest --update')}`,
    used: { path, written: null },
  };
}
