import type { SchemaElement } from 'hyparquet';

/**
 * Of the two tables that `docs/formats.md` describes. It changes when a column goes or means
 * something else; a new column that may be null does not change it.
 */
export const schemaVersion = 1;

/** Under this key a file of sites says what it holds, as JSON: {@link Contents}. */
export const contentsKey = 'tracemalloc';

/** What a file of sites knows of its snapshots besides their rows. */
export type Contents = {
  readonly version: number;
  readonly snapshots: readonly SnapshotEntry[];
};

/** A snapshot of a file of sites; its rows follow those of the ones before it. */
export type SnapshotEntry = {
  /** As in the column `snapshot`. */
  readonly snapshot: string;
  /** Number of its rows. */
  readonly sites: number;
  /** Metrics that were counted, besides what is live. */
  readonly counted: readonly string[];
  /** Whether blocks have weights. */
  readonly weighted: boolean;
  readonly tracebackLimit: number;
  readonly metadata: Readonly<Record<string, unknown>>;
};

type Repetition = 'REQUIRED' | 'OPTIONAL';

function text(name: string, repetition: Repetition): SchemaElement {
  return { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: repetition };
}

function number(
  name: string,
  type: 'INT32' | 'INT64' | 'DOUBLE',
  repetition: Repetition,
): SchemaElement {
  return { name, type, repetition_type: repetition };
}

/** A list of structs, in the three levels that the format prescribes. */
function list(name: string, fields: readonly SchemaElement[]): SchemaElement[] {
  return [
    { name, converted_type: 'LIST', repetition_type: 'REQUIRED', num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', repetition_type: 'REQUIRED', num_children: fields.length },
    ...fields,
  ];
}

/** @param columns Each with all that it is made of. */
function table(columns: readonly (readonly SchemaElement[])[]): SchemaElement[] {
  return [{ name: 'tracemalloc', num_children: columns.length }, ...columns.flat()];
}

const frame = [
  text('file', 'REQUIRED'),
  number('line', 'INT32', 'REQUIRED'),
  text('function', 'OPTIONAL'),
];

/** A row a site of a snapshot. */
export const siteSchema: readonly SchemaElement[] = table([
  [text('snapshot', 'REQUIRED')],
  [text('file', 'OPTIONAL')],
  [number('line', 'INT32', 'OPTIONAL')],
  [text('function', 'OPTIONAL')],
  list('stack', frame),
  [number('total_nframe', 'INT32', 'OPTIONAL')],
  [number('domain', 'INT64', 'REQUIRED')],
  [text('type', 'OPTIONAL')],
  [text('label', 'OPTIONAL')],
  [number('live_bytes', 'DOUBLE', 'REQUIRED')],
  [number('live_blocks', 'DOUBLE', 'REQUIRED')],
  [number('peak_bytes', 'DOUBLE', 'OPTIONAL')],
  [number('peak_blocks', 'DOUBLE', 'OPTIONAL')],
  [number('temporary_bytes', 'DOUBLE', 'OPTIONAL')],
  [number('temporary_blocks', 'DOUBLE', 'OPTIONAL')],
  [number('allocated_bytes', 'DOUBLE', 'OPTIONAL')],
  [number('allocated_blocks', 'DOUBLE', 'OPTIONAL')],
  [number('sampling_interval', 'DOUBLE', 'OPTIONAL')],
  [number('weight', 'DOUBLE', 'OPTIONAL')],
  [number('live_bytes_variance', 'DOUBLE', 'REQUIRED')],
  [number('live_blocks_variance', 'DOUBLE', 'REQUIRED')],
  list('blocks', [
    number('size', 'DOUBLE', 'REQUIRED'),
    number('count', 'INT32', 'REQUIRED'),
    number('weight', 'DOUBLE', 'OPTIONAL'),
  ]),
]);

/** A row a snapshot. */
export const snapshotSchema: readonly SchemaElement[] = table([
  [text('snapshot', 'REQUIRED')],
  [text('path', 'OPTIONAL')],
  [
    {
      name: 'time',
      type: 'INT64',
      converted_type: 'TIMESTAMP_MILLIS',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
      repetition_type: 'OPTIONAL',
    },
  ],
  [text('session', 'OPTIONAL')],
  [text('adapter', 'OPTIONAL')],
  [text('size_model', 'OPTIONAL')],
  [text('liveness', 'OPTIONAL')],
  [number('traceback_limit', 'INT64', 'REQUIRED')],
  [number('sites', 'INT32', 'REQUIRED')],
  [number('live_bytes', 'DOUBLE', 'REQUIRED')],
  [number('live_blocks', 'DOUBLE', 'REQUIRED')],
  [number('traced_current', 'DOUBLE', 'OPTIONAL')],
  [number('traced_peak', 'DOUBLE', 'OPTIONAL')],
  [number('sampling_interval', 'DOUBLE', 'OPTIONAL')],
  [number('merged', 'INT32', 'OPTIONAL')],
  [text('metadata', 'REQUIRED')],
]);
