import type { GroupKey, Metric, Snapshot, Statistic, StatisticDiff } from '@tracemalloc/core';
import {
  FrameCursor,
  knownMeasure,
  metrics,
  placeAt,
  placeLabel,
  placeOf,
} from '@tracemalloc/core/analysis';
import { findingsReport, formatBytes as format } from '@tracemalloc/report';
import { shown } from './shown.ts';
import type { SnapshotFolder } from './snapshot-folder.ts';

/** Arguments of a call, checked against the schema of its tool. */
export type Arguments = Readonly<Record<string, string | number | undefined>>;

/** An argument of a tool, as JSON Schema has it. */
export type Argument = {
  readonly type: 'string' | 'integer';
  readonly description: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
};

/** A question that can be asked. */
export type Tool = {
  readonly name: string;
  readonly description: string;
  readonly arguments: Readonly<Record<string, Argument>>;
  readonly required: readonly string[];
  /** The first line of the answer, and the others, which are given page by page. */
  run(folder: SnapshotFolder, given: Arguments): Promise<{ head: string; lines: string[] }>;
};

const keys = ['lineno', 'filename', 'function', 'type', 'label', 'traceback'] as const;
/** Source lines before and after the one that is asked for. */
const around = 5;

const snapshot = { type: 'string', description: 'name of a file of the folder' } as const;
const page = { type: 'integer', description: 'page of the answer, from 1', minimum: 1 } as const;
const metric = {
  type: 'string',
  description: 'what is counted; default live',
  enum: metrics,
} as const;
const key = {
  type: 'string',
  description: 'what makes a group; default lineno',
  enum: keys,
} as const;
const file = { type: 'string', description: 'source file, as answers name it' } as const;
const line = { type: 'integer', description: 'line of it, from 1', minimum: 1 } as const;

/** All tools, in the order in which they are listed. */
export const tools: readonly Tool[] = [
  {
    name: 'snapshots',
    description: 'Files of the folder that hold memory snapshots, newest first.',
    arguments: { page },
    required: [],
    async run(folder) {
      const files = folder.files();
      const lines = files.map(
        ({ name, bytes, modified }) =>
          `${shown(name)}  ${sizeOf(bytes)}  ${modified.toISOString().slice(0, 19)}Z`,
      );
      return { head: `${files.length} files`, lines };
    },
  },
  {
    name: 'findings',
    description:
      'What a snapshot says, in at most seven computed sentences; with `since`, what grew since an older one. Ask this first.',
    arguments: { snapshot, since: { ...snapshot, description: 'an older snapshot' }, page },
    required: ['snapshot'],
    async run(folder, given) {
      const now = await folder.snapshot(given['snapshot'] as string);
      const { since } = given;
      const bases = since === undefined ? [] : [await folder.snapshot(since as string)];
      const { findings } = findingsReport(now, bases);
      const lines = findings.map(({ text, advice }) => {
        return `- ${shownLong(text)}.${advice === null ? '' : ` (${shownLong(advice)})`}`;
      });
      return { head: `${findings.length} findings`, lines };
    },
  },
  {
    name: 'top',
    description:
      'The biggest groups of a snapshot: lines, files, functions, types, labels or stacks.',
    arguments: { snapshot, key, metric, page },
    required: ['snapshot'],
    async run(folder, given) {
      const now = await folder.snapshot(given['snapshot'] as string);
      const groups = now.statistics(keyOf(given), { metric: metricOf(given) });
      const total = groups.reduce((sum, { size }) => sum + size, 0);
      const lines = groups.map((group) => {
        const { size, count } = group;
        return `${sizeOf(size)}  ${Math.round(count)} blocks  ${percent(size, total)}  ${groupText(given, group)}`;
      });
      return { head: `${groups.length} groups, ${sizeOf(total)} in all`, lines };
    },
  },
  {
    name: 'diff',
    description: 'What changed from one snapshot to another, the biggest change first.',
    arguments: { before: snapshot, after: snapshot, key, metric, page },
    required: ['before', 'after'],
    async run(folder, given) {
      const before = await folder.snapshot(given['before'] as string);
      const after = await folder.snapshot(given['after'] as string);
      const changed = after
        .compareTo(before, keyOf(given), { metric: metricOf(given) })
        .filter(({ sizeDiff, countDiff }) => sizeDiff !== 0 || countDiff !== 0);
      const total = changed.reduce((sum, { sizeDiff }) => sum + sizeDiff, 0);
      const lines = changed.map((group) => {
        const { size, sizeDiff, countDiff } = group;
        return `${signed(sizeDiff)}  ${countDiff > 0 ? '+' : ''}${Math.round(countDiff)} blocks  now ${sizeOf(size)}  ${groupText(given, group)}`;
      });
      return { head: `${changed.length} groups changed, ${signed(total)} in all`, lines };
    },
  },
  {
    name: 'callers',
    description: 'The stacks in which a line allocated, biggest first, most recent call first.',
    arguments: { snapshot, file, line, metric, page },
    required: ['snapshot', 'file', 'line'],
    async run(folder, given) {
      const now = await folder.snapshot(given['snapshot'] as string);
      const stacks = stacksOf(now, given);
      const lines = stacks.map(
        ({ frames, size, count }) => `${sizeOf(size)}  ${Math.round(count)} blocks  ${frames}`,
      );
      return { head: `${stacks.length} stacks`, lines };
    },
  },
  {
    name: 'holders',
    description:
      'Who keeps objects alive, from a root on; of a snapshot that was taken with a graph of objects.',
    arguments: {
      snapshot,
      objects: {
        type: 'string',
        description:
          'a type (Order, dict*), FILE:LINE where they were born, held-by:NAME, with & | -',
      },
      page,
    },
    required: ['snapshot', 'objects'],
    async run(folder, given) {
      const now = await folder.snapshot(given['snapshot'] as string);
      const { holdersReport } = await import('@tracemalloc/report/objects');
      const objects = given['objects'] as string;
      const { count, retained, ways } = holdersReport(now, { objects, limit: 20 });
      const lines = ways.map(
        (way) => `${way.count} objects, retaining ${sizeOf(way.retained)}: ${shownLong(way.path)}`,
      );
      return { head: `${count} objects, retaining ${sizeOf(retained)} in all`, lines };
    },
  },
  {
    name: 'source',
    description: 'Lines of a source file that lies in the folder, around a line.',
    arguments: { file, line, page },
    required: ['file', 'line'],
    async run(folder, given) {
      const all = folder.source(given['file'] as string);
      const at = given['line'] as number;
      const from = Math.max(1, at - around);
      const lines = all
        .slice(from - 1, at + around)
        .map((text, i) => `${from + i === at ? '>' : ' '} ${from + i}: ${shown(text)}`);
      return { head: `${shown(given['file'] as string)}, ${all.length} lines`, lines };
    },
  },
];

function keyOf(given: Arguments): GroupKey {
  return (given['key'] ?? 'lineno') as GroupKey;
}

function metricOf(given: Arguments): Metric {
  return (given['metric'] ?? 'live') as Metric;
}

function stacksOf(
  { data }: Snapshot,
  given: Arguments,
): { frames: string; size: number; count: number }[] {
  const { sites } = data;
  const figures = knownMeasure(data, metricOf(given));
  const cursor = new FrameCursor(data);
  const found = new Map<number, { frames: string; size: number; count: number }>();
  for (let site = 0; site < sites.length; site++) {
    const traceback = sites.traceback[site]!;
    const rows = cursor.moveTo(traceback).rows();
    const [newest] = rows;
    if (newest === undefined || figures.count[site] === 0) continue;
    const { filename, lineno } = placeAt(data, newest);
    if (filename !== given['file'] || lineno !== given['line']) continue;
    const known = found.get(traceback) ?? { frames: stackText(data, rows), size: 0, count: 0 };
    known.size += figures.size[site]!;
    known.count += figures.count[site]!;
    found.set(traceback, known);
  }
  return [...found.values()].sort((a, b) => b.size - a.size);
}

function stackText(data: Snapshot['data'], rows: Int32Array): string {
  return cut(Array.from(rows, (row) => shown(placeLabel(placeAt(data, row)))));
}

/** What a group is called: of a stack, its frames. */
function groupText(given: Arguments, { label, traceback }: Statistic | StatisticDiff): string {
  if (given['key'] !== 'traceback') return shown(label);
  return cut(Array.from(traceback.frames, (frame) => shown(placeLabel(placeOf(frame)))).reverse());
}

/** Of a deep stack, the newest and the oldest calls. */
function cut(labels: readonly string[]): string {
  if (labels.length <= 8) return labels.join(' < ');
  return [...labels.slice(0, 6), `${labels.length - 7} more`, labels.at(-1)].join(' < ');
}

/** A sentence may name several places. */
function shownLong(text: string): string {
  return text
    .split(/(?<=\s)/)
    .map(shown)
    .join('');
}

function sizeOf(bytes: number): string {
  return format(bytes, 'iec');
}

function signed(bytes: number): string {
  return bytes < 0 ? sizeOf(bytes) : `+${sizeOf(bytes)}`;
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '0 %' : `${((part / whole) * 100).toFixed(1)} %`;
}
