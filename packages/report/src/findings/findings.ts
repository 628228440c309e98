import type { SnapshotData } from '@tracemalloc/core';
import { measure, sum } from '@tracemalloc/core/analysis';
import { caveats } from './caveats.ts';
import { conclusions } from './conclusions.ts';
import { counted, type Finding } from './finding.ts';
import { growthFindings } from './growth.ts';
import { linesBy } from './lines.ts';

/** More than this nobody reads. */
const most = 7;
/** Of them, at most so many say how far figures can be trusted. */
const mostCaveats = 3;

/**
 * What a reader should know first: at most seven sentences, each computed of the figures. What the
 * program does comes before what one should know about the figures. Never empty.
 *
 * Cost: O(sites + frames of distinct tracebacks) of each snapshot.
 * @param bases Older snapshots, oldest first, which growth is told from.
 */
export function findingsOf(data: SnapshotData, bases: readonly SnapshotData[] = []): Finding[] {
  const notes = caveats(data, bases[0] ?? null).slice(0, mostCaveats);
  const told = [...growthFindings([...bases, data]), ...conclusions(data)];
  const said = told.length > 0 ? told : [nothing(data)];
  return [...said.slice(0, most - notes.length), ...notes];
}

function nothing(data: SnapshotData): Finding {
  const live = measure(data, 'live');
  const size = sum(live?.size ?? []);
  const lines = linesBy(data, 'live').length;
  return {
    kind: 'nothing',
    parts:
      size === 0
        ? ['Nothing is live, and nothing else was counted']
        : ['Nothing stands out: ', { bytes: size }, ` are spread over ${counted(lines, 'line')}`],
    advice: size === 0 ? 'take the snapshot while the program still holds its data' : null,
    metric: 'live',
    isDifference: false,
    share: null,
  };
}
