import type { SnapshotData } from '@tracemalloc/core';
import {
  byType,
  FrameCursor,
  isLibraryFile,
  measure,
  newestFrames,
  type Place,
  placeAt,
} from '@tracemalloc/core/analysis';
import { counted, type Finding, type FindingPart, listed, percent } from './finding.ts';
import {
  lineKey,
  linesBy,
  metricWords,
  type ProgramLines,
  programLines,
  totalOf,
} from './lines.ts';

// What is worth a sentence; each bound is a share of what is live.
const half = 0.5;
const third = 0.3;
const tenth = 0.1;
/** Times what is left that the peak must be. */
const highPeak = 1.5;
/** Fewer blocks freed at once cost nobody anything. */
const leastTemporary = 1000;

/** What a snapshot by itself says of the program, the most telling first. */
export function conclusions(data: SnapshotData): Finding[] {
  const program = programLines(data);
  return [
    fewLines(program),
    peak(program),
    imports(data, program),
    library(data, program),
    dominantType(data, program),
    temporary(program),
  ].filter((finding) => finding !== null);
}

function fewLines({ metric, lines, total }: ProgramLines): Finding | null {
  let size = 0;
  const first: FindingPart[] = [];
  for (const line of lines.slice(0, 3)) {
    first.push({ place: placeOfLine(line) });
    size += line.size;
    if (size >= total * half) break;
  }
  if (total === 0 || size < total * half) return null;
  const keep = first.length === 1 ? 'keeps' : 'keep';
  return {
    ...plainly(metric),
    kind: 'few-lines',
    parts: [
      `${counted(first.length, 'line')} ${keep} ${percent(size / total)} of ${metricWords[metric]}, `,
      { bytes: size },
      ': ',
      ...listed(first),
    ],
    share: size / total,
  };
}

function peak({ folded }: ProgramLines): Finding | null {
  const left = totalOf(folded, 'live');
  const highest = totalOf(folded, 'peak');
  if (highest === 0 || highest < left * highPeak) return null;
  const liveBy = new Map(linesBy(folded, 'live').map((line) => [lineKey(line), line.size]));
  const gone = linesBy(folded, 'peak')
    .map((line) => ({ line, size: line.size - (liveBy.get(lineKey(line)) ?? 0) }))
    .sort((a, b) => b.size - a.size)[0]!;
  const times = left === 0 ? null : highest / left;
  return {
    ...plainly('peak'),
    kind: 'peak',
    parts: [
      'The peak was ',
      { bytes: highest },
      times === null ? ', of which nothing is left' : `, ${times.toFixed(1)} × what is left`,
      '; ',
      { bytes: gone.size },
      ' of the difference came from ',
      { place: placeOfLine(gone.line) },
    ],
    advice: 'look at the metric “At peak”',
    share: (highest - left) / highest,
  };
}

/** What is kept by modules that were imported. */
function imports(data: SnapshotData, { metric, total }: ProgramLines): Finding | null {
  const measured = measure(data, metric);
  if (measured === null || total === 0) return null;
  const { sites, tracebacks } = data;
  const cursor = new FrameCursor(data);
  const isImport = importFrames(data);
  let size = 0;
  const byImporter = new Map<number, number>();
  for (let site = 0; site < sites.length; site++) {
    const row = sites.traceback[site]!;
    const { length } = cursor.moveTo(row);
    // The oldest frame known is the program's own module code, unless callers were cut off.
    const isWhole = tracebacks.totalNframe[row]! <= length;
    let outermost = -1;
    for (let i = 0; i < length; i++) {
      if (isImport(cursor.at(i), isWhole && i === length - 1)) outermost = i;
    }
    if (outermost < 0) continue;
    size += measured.size[site]!;
    const importer = outermost + 1 < length ? cursor.at(outermost + 1) : -1;
    byImporter.set(importer, (byImporter.get(importer) ?? 0) + measured.size[site]!);
  }
  if (size < total * third) return null;
  byImporter.delete(-1);
  const [first] = [...byImporter].sort((a, b) => b[1] - a[1]);
  const where: FindingPart[] =
    first === undefined
      ? []
      : [
          '; of all imports, the one at ',
          { place: placeAt(data, first[0]) },
          ' keeps most, ',
          { bytes: first[1] },
        ];
  return {
    ...plainly(metric),
    kind: 'imports',
    parts: [
      `${percent(size / total)} of ${metricWords[metric]}, `,
      { bytes: size },
      ', is what imported modules keep',
      ...where,
    ],
    advice: 'import late what is seldom used',
    share: size / total,
  };
}

/**
 * Whether a frame is of an import: of importlib, or where the host has no such frames, a module's own code. Text that is
 * executed (`<string>`) is no module, and what nobody called is the program.
 */
function importFrames({
  frames,
  strings,
}: SnapshotData): (frame: number, isOldest: boolean) => boolean {
  const isMachinery = Array.from(strings, (text) => text.startsWith('<frozen importlib'));
  if (frames.file.some((file) => isMachinery[file])) {
    return (frame) => isMachinery[frames.file[frame]!]!;
  }
  const isModule = Array.from(strings, (text) => text === '<module>');
  const isText = Array.from(strings, (text) => text.startsWith('<'));
  return (frame, isOldest) =>
    !isOldest && isModule[frames.functionName[frame]!]! && !isText[frames.file[frame]!]!;
}

function library(data: SnapshotData, { metric, lines, total }: ProgramLines): Finding | null {
  const measured = measure(data, metric);
  if (measured === null || total === 0) return null;
  const isLibrary = Array.from(data.strings, (text) => isLibraryFile(text));
  let size = 0;
  for (const [site, frame] of newestFrames(data).entries()) {
    if (frame >= 0 && isLibrary[data.frames.file[frame]!]) size += measured.size[site]!;
  }
  if (size < total * third) return null;
  // Where nothing of the program called it, the library's own line stands.
  const caller = lines.find(({ filename }) => !isLibraryFile(filename) && filename !== '<unknown>');
  return {
    ...plainly(metric),
    kind: 'library',
    parts: [
      `${percent(size / total)} of ${metricWords[metric]}, `,
      { bytes: size },
      ', was allocated in library code',
      ...(caller === undefined
        ? [' that no line of the program called']
        : [
            '; counted for the lines that called it, ',
            { place: placeOfLine(caller) },
            ' has most',
          ]),
    ],
    share: size / total,
  };
}

function dominantType(data: SnapshotData, { metric, total }: ProgramLines): Finding | null {
  const measured = measure(data, metric);
  const first = measured && byType(data, measured).find(({ type }) => type !== '');
  if (!first || total === 0 || first.size < total * half) return null;
  return {
    ...plainly(metric),
    kind: 'type',
    parts: [
      `${percent(first.size / total)} of ${metricWords[metric]} is `,
      { name: first.type },
      `: ${counted(first.count, 'block')} of `,
      { bytes: Math.round(first.size / Math.max(1, first.count)) },
      ' on average',
    ],
    share: first.size / total,
  };
}

function temporary({ folded }: ProgramLines): Finding | null {
  const freed = measure(folded, 'temporary');
  const all = measure(folded, 'allocated');
  if (freed === null || all === null) return null;
  const count = freed.count.reduce((sum, each) => sum + each, 0);
  const allocated = all.count.reduce((sum, each) => sum + each, 0);
  if (count < leastTemporary || count < allocated * tenth) return null;
  const line = linesBy(folded, 'temporary').sort((a, b) => b.count - a.count)[0]!;
  return {
    ...plainly('temporary'),
    kind: 'temporary',
    parts: [
      `${counted(count, 'block')}, ${percent(count / allocated)} of all, were freed right after they were allocated; ${percent(line.count / count)} of them at `,
      { place: placeOfLine(line) },
    ],
    advice: 'keep and reuse what the line makes, if it is slow',
    share: count / allocated,
  };
}

function plainly(metric: Finding['metric']): Pick<Finding, 'metric' | 'isDifference' | 'advice'> {
  return { metric, isDifference: false, advice: null };
}

function placeOfLine({ filename, lineno, functionName }: Place): Place {
  return { filename, lineno, functionName };
}
