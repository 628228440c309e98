import type { Metric, SnapshotData } from '@tracemalloc/core';
import { FrameCursor, frameLabel, functionTable, measure } from '@tracemalloc/core/analysis';
import { hostName } from '../shared/host-name.ts';
import type { Message } from './messages.ts';

/** Values are int64; this is the largest double below its end. */
const maxValue = 2 ** 63 - 1024;

/** The first profile is what viewers show first. Words as pprof has them, where it has them. */
const words: readonly (readonly [Metric, string])[] = [
  ['live', 'inuse'],
  ['allocated', 'alloc'],
  ['peak', 'peak'],
  ['temporary', 'temporary'],
];

/** What is said of the program in the resource, by the metadata that says it. */
const resourceFields = [
  ['service.version', 'release'],
  ['process.runtime.description', 'host'],
  ['session.id', 'session'],
] as const;

/** A snapshot as OTLP's ProfilesData: for each metric that is known a profile of bytes and one of blocks. */
export function profilesData(data: SnapshotData, service: string): Message {
  const strings = new Table<string>(['']);
  const text = (value: string) => strings.row(value, value);
  const { metadata } = data;
  const time = timeOf(metadata['time']);
  const attributes = resourceFields.flatMap(([key, field]) => {
    const value = metadata[field];
    return typeof value === 'string' && value !== '' ? [[key, value] as const] : [];
  });
  const attributeTable = new Table<Message>([{}]);
  const attributesOf = siteAttributes(data, attributeTable, text);
  const profiles = words.flatMap(([metric, word]) => {
    const figures = measure(data, metric);
    if (figures === null) return [];
    return [
      profile(data, figures.size, `${word}_space`, 'bytes'),
      profile(data, figures.count, `${word}_objects`, 'count'),
    ];
  });

  function profile(of: SnapshotData, values: Float64Array, type: string, unit: string): Message {
    const samples: Message[] = [];
    for (let site = 0; site < of.sites.length; site++) {
      // Estimates of a sampled snapshot have fractions.
      const value = Math.min(Math.round(values[site]!), maxValue);
      if (value <= 0) continue;
      samples.push({
        stackIndex: of.sites.traceback[site]! + 1,
        attributeIndices: attributesOf[site],
        values: [BigInt(value)],
      });
    }
    return {
      sampleType: { typeStrindex: text(type), unitStrindex: text(unit) },
      samples,
      ...(time !== null && { timeUnixNano: time }),
    };
  }

  const dictionary = code(data, text);
  return {
    resourceProfiles: [
      {
        resource: {
          attributes: [['service.name', service] as const, ...attributes].map(([key, value]) => ({
            key,
            value: { stringValue: value },
          })),
        },
        scopeProfiles: [{ scope: { name: '@tracemalloc/formats' }, profiles }],
      },
    ],
    dictionary: {
      ...dictionary,
      linkTable: [{}],
      attributeTable: attributeTable.all,
      stringTable: strings.all,
    },
  };
}

/** By site, the rows of its attributes: domain, and type and label where there are any. */
function siteAttributes(
  { sites, strings }: SnapshotData,
  table: Table<Message>,
  text: (value: string) => number,
): number[][] {
  const attribute = (key: string, value: Message) =>
    table.row(`${key} ${JSON.stringify(value)}`, { keyStrindex: text(key), value });
  return Array.from(sites.traceback, (_, site) => {
    const rows = [attribute('tracemalloc.domain', { intValue: sites.domain[site]! })];
    for (const [key, row] of [
      ['tracemalloc.type', sites.type[site]!],
      ['tracemalloc.label', sites.label[site]!],
    ] as const) {
      if (row !== 0) rows.push(attribute(key, { stringValue: strings[row]! }));
    }
    return rows;
  });
}

/** Row 0 of each table is the empty one, so that 0 is none. */
function code(data: SnapshotData, text: (value: string) => number): Message {
  const { frames, strings, tracebacks } = data;
  const functions = functionTable(data);
  const cursor = new FrameCursor(data);
  return {
    mappingTable: [{}, { filenameStrindex: text(hostName(data.metadata)) }],
    functionTable: [
      {},
      ...functions.frame.map((frame, row) => ({
        nameStrindex: text(frameLabel(data, frame)),
        filenameStrindex: text(strings[functions.file[row]!]!),
      })),
    ],
    locationTable: [
      {},
      ...Array.from(functions.ofFrame, (row, frame) => ({
        mappingIndex: 1,
        lines: [{ functionIndex: row + 1, line: frames.line[frame]! }],
      })),
    ],
    // Both begin with the most recent frame.
    stackTable: [
      {},
      ...Array.from({ length: tracebacks.length }, (_, row) => ({
        locationIndices: Array.from(cursor.moveTo(row).rows(), (frame) => frame + 1),
      })),
    ],
  };
}

/** When the snapshot was taken, in nanoseconds since 1970; `null` where it does not say. */
function timeOf(time: unknown): bigint | null {
  const ms = typeof time === 'string' ? Date.parse(time) : time;
  return typeof ms === 'number' && ms >= 0 && ms < 2 ** 43
    ? BigInt(Math.trunc(ms)) * 1_000_000n
    : null;
}

/** Gives equal values one row. */
class Table<Value> {
  readonly all: Value[];
  readonly #rows = new Map<string, number>();

  /** @param first The empty row. */
  constructor(first: Value[]) {
    this.all = first;
  }

  row(key: string, value: Value): number {
    if (key === '') return 0;
    let row = this.#rows.get(key);
    if (row === undefined) {
      row = this.all.push(value) - 1;
      this.#rows.set(key, row);
    }
    return row;
  }
}
