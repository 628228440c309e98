import type { Snapshot } from '@tracemalloc/core';
import { dumpCollapsed } from '@tracemalloc/formats/collapsed';
import { dumpCsv } from '@tracemalloc/formats/csv';
import { dumpFirefox } from '@tracemalloc/formats/firefox';
import { dumpHeapprofile } from '@tracemalloc/formats/heapprofile';
import { dumpJson } from '@tracemalloc/formats/json';
import { dumpOtlp } from '@tracemalloc/formats/otlp';
import { dumpParquet } from '@tracemalloc/formats/parquet';
import { dumpPprof } from '@tracemalloc/formats/pprof';
import { dumpSpeedscope } from '@tracemalloc/formats/speedscope';
import { gunzipSync } from 'fflate';
import { parquetReadObjects } from 'hyparquet';
import { Profile } from 'pprof-format';
import { decodeOtlp, stacksOf } from './otlp/decode-otlp.ts';

/** Bytes by stack, OLDEST frame first: what each reader makes of a file, in one form. */
export type Stacks = [names: readonly string[], bytes: number][];

const decoder = new TextDecoder('utf-8', { fatal: true });

function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

export function readPprof(bytes: Uint8Array): Profile {
  return Profile.decode(gunzipSync(bytes));
}

function stacksOfPprof(snapshot: Snapshot): Stacks {
  const profile = readPprof(dumpPprof(snapshot));
  const { strings } = profile.stringTable;
  const nameOf = (id: number | bigint) => {
    const line = profile.location[Number(id) - 1]!.line[0]!;
    return strings[Number(profile.function[Number(line.functionId) - 1]!.name)]!;
  };
  return profile.sample.map(({ locationId, value }) => [
    locationId.map(nameOf).reverse(),
    Number(value.at(-1)),
  ]);
}

function stacksOfSpeedscope(snapshot: Snapshot): Stacks {
  const { shared, profiles } = JSON.parse(textOf(dumpSpeedscope(snapshot, { metric: 'live' })));
  const [{ samples, weights }] = profiles;
  return samples.map((rows: number[], index: number) => [
    rows.map((row) => shared.frames[row].name),
    weights[index],
  ]);
}

function stacksOfCollapsed(snapshot: Snapshot): Stacks {
  const text = textOf(dumpCollapsed(snapshot));
  // As speedscope and others match a line; what does not match would be lost.
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => {
    const [, stack, bytes] = /^(.*) (\d+)$/.exec(line)!;
    return [stack!.split(';'), Number(bytes)];
  });
}

type Node = {
  callFrame: { functionName: string };
  selfSize: number;
  id: number;
  children: Node[];
};

/** Without recursion: the tree may be 65,535 deep. */
function stacksOfHeapprofile(snapshot: Snapshot): Stacks {
  const { head, samples } = JSON.parse(textOf(dumpHeapprofile(snapshot)));
  const stacks: Stacks = [];
  const sizeOf = new Map<number, number>();
  const pending: [Node, string[]][] = [[head, []]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [node, path] = next;
    sizeOf.set(node.id, node.selfSize);
    if (node.selfSize > 0) stacks.push([path, node.selfSize]);
    for (const child of node.children) {
      const at = node.children.length === 1 && node.selfSize === 0 ? path : [...path];
      at.push(child.callFrame.functionName);
      pending.push([child, at]);
    }
  }
  for (const { size, nodeId } of samples) sizeOf.set(nodeId, sizeOf.get(nodeId)! - size);
  if ([...sizeOf.values()].some((rest) => Math.abs(rest) > 1e294))
    throw new Error('samples differ');
  return stacks;
}

function stacksOfFirefox(snapshot: Snapshot): Stacks {
  const profile = JSON.parse(textOf(dumpFirefox(snapshot)));
  const { stackTable, frameTable, funcTable, stringArray } = profile.shared;
  const { stack, weight } = profile.threads[0].samples;
  return weight.map((bytes: number, row: number) => {
    const names: string[] = [];
    let at: number | null = stack[row];
    while (at !== null) {
      names.push(stringArray[funcTable.name[frameTable.func[stackTable.frame[at]]]]);
      at = stackTable.prefixOffset[at] === 0 ? null : at - stackTable.prefixOffset[at];
    }
    return [names.reverse(), bytes];
  });
}

/** RFC 4180, and nothing besides. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  while (field.lastIndex < text.length) {
    const found = field.exec(text);
    if (found === null) throw new Error('no field of CSV');
    rows.at(-1)!.push(found[1]?.replaceAll('""', '"') ?? found[2]!);
    if (found[3] === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

function stacksOfCsv(snapshot: Snapshot): Stacks {
  const [header, ...rows] = parseCsv(textOf(dumpCsv(snapshot)));
  const bytes = header!.indexOf('live_bytes');
  return rows.map((row) => [row.at(-1)!.split(' | ').reverse(), Number(row[bytes])]);
}

function stacksOfJson(snapshot: Snapshot): Stacks {
  const { strings, frames, tracebacks, sites } = JSON.parse(textOf(dumpJson(snapshot)));
  return sites.traceback.map((traceback: number, site: number) => [
    tracebacks.frames[traceback].map((row: number) => strings[frames.function[row]]).reverse(),
    sites.live.size[site],
  ]);
}

async function stacksOfParquet(snapshot: Snapshot): Promise<Stacks> {
  const file = (await dumpParquet(snapshot)).slice().buffer as ArrayBuffer;
  const rows = await parquetReadObjects({ file, columns: ['stack', 'live_bytes'] });
  type Frame = { readonly file: string; readonly line: number; readonly function: string | null };
  const nameOf = ({ file: path, line, function: name }: Frame) => name ?? `${path}:${line}`;
  return rows.map(({ stack, live_bytes: bytes }) => [stack.map(nameOf).reverse(), bytes]);
}

/** For each format: what a reader sees of the live bytes. */
export const readers: Readonly<Record<string, (snapshot: Snapshot) => Stacks | Promise<Stacks>>> = {
  pprof: stacksOfPprof,
  speedscope: stacksOfSpeedscope,
  collapsed: stacksOfCollapsed,
  heapprofile: stacksOfHeapprofile,
  firefox: stacksOfFirefox,
  otlp: (snapshot) => stacksOf(decodeOtlp(dumpOtlp(snapshot))),
  parquet: stacksOfParquet,
  csv: stacksOfCsv,
  json: stacksOfJson,
};
