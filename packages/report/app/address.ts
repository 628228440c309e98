import type { SnapshotData } from '@tracemalloc/core';
import { type Metric, metrics } from '@tracemalloc/core/analysis';
import { type ReportModel, type Selection, type ViewName, viewNames } from './model.ts';
import { possible } from './range.ts';

/** What a report opens with. */
function firstSelection(model: ReportModel): Selection {
  return {
    metric: model.metrics[0] ?? 'live',
    unit: 'bytes',
    mode: model.joined.base === null ? 'now' : 'difference',
    code: model.codes[0] ?? 'all',
    isOnce: false,
    inverted: false,
    isFlipped: false,
    search: '',
    fileGlob: '',
    domain: null,
    type: '',
    label: '',
    range: '',
    functionName: '',
    view: 'flame',
    focus: '',
  };
}

/** `#metric=peak&view=table`: what differs from the first selection. */
export function hashOf(selection: Selection, model: ReportModel): string {
  const first = firstSelection(model);
  const fields = new URLSearchParams();
  for (const key of Object.keys(first) as (keyof Selection)[]) {
    if (selection[key] === first[key]) continue;
    fields.set(key, key === 'focus' ? namesOf(selection, model) : String(selection[key]));
  }
  return `#${fields}`;
}

/** The selection that an address asks for; what it cannot have here is left out. */
export function readHash(hash: string, model: ReportModel): Selection {
  const first = firstSelection(model);
  const fields = new URLSearchParams(hash.replace(/^#/, ''));
  const text = (key: keyof Selection): string => fields.get(key) ?? String(first[key] ?? '');
  const oneOf = <Value extends string>(key: keyof Selection, values: readonly Value[]): Value =>
    values.find((value) => value === fields.get(key)) ?? (first[key] as Value);
  const domain = fields.get('domain') ?? '';
  const view = oneOf('view', viewNames);
  return possible(model, {
    metric: oneOf<Metric>('metric', metrics),
    unit: oneOf('unit', ['bytes', 'blocks']),
    mode: oneOf('mode', ['now', 'difference']),
    code: oneOf('code', model.codes),
    isOnce: fields.get('isOnce') === 'true',
    inverted: fields.get('inverted') === 'true',
    isFlipped: fields.get('isFlipped') === 'true',
    search: text('search'),
    fileGlob: text('fileGlob'),
    domain: /^\d{1,10}$/.test(domain) ? Number(domain) : null,
    type: text('type'),
    label: text('label'),
    range: text('range'),
    functionName: text('functionName'),
    view,
    focus: rowsOf(view, text('focus'), model),
  });
}

// A view's focus has rows of this report's tables in it, which are of no use in the next report of
// the same program: the address has names for them, short ones that are made of what they name.

/** Where rows stand in a view's focus, and whether they are of frames or of files. */
const rowsIn: Partial<Record<ViewName, readonly [pattern: RegExp, of: 'frame' | 'file']>> = {
  flame: [/[a-z0-9]+/g, 'frame'],
  tree: [/[a-z0-9]+/g, 'frame'],
  sandwich: [/(?<=\/)[a-z0-9]+$/, 'frame'],
  source: [/^[a-z0-9]+/, 'file'],
};

function namesOf({ view, focus }: Selection, { joined }: ReportModel): string {
  const [pattern, of] = rowsIn[view] ?? [];
  if (pattern === undefined) return focus;
  return focus.replace(pattern, (row) => nameOf(joined.data, of!, Number(row)));
}

/** No row has this number: what is named is not in this report. */
const noRow = '4294967295';

function rowsOf(view: ViewName, focus: string, { joined: { data } }: ReportModel): string {
  const [pattern, of] = rowsIn[view] ?? [];
  if (pattern === undefined || focus === '') return focus;
  const length = of === 'frame' ? data.frames.length : data.strings.length;
  const rows = new Map<string, number>();
  // The row after the last frame is what was cut off.
  for (let row = length; row >= 0; row--) rows.set(nameOf(data, of!, row), row);
  return focus.replace(pattern, (name) => String(rows.get(name) ?? noRow));
}

/** Six letters or so, which are the same for the same file, line and function in any report. */
function nameOf({ frames, strings }: SnapshotData, of: 'frame' | 'file', row: number): string {
  const words =
    of === 'file'
      ? (strings[row] ?? '')
      : [strings[frames.file[row]!], frames.line[row], strings[frames.functionName[row]!]].join(
          '\0',
        );
  let hash = 0x811c9dc5;
  for (let i = 0; i < words.length; i++) {
    hash = Math.imul(hash ^ words.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0).toString(36);
}
