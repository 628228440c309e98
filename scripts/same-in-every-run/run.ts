// One run of a Python file in Brython: prints hashes of its snapshot as JSON.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import process from 'node:process';
import {
  createBrython,
  installNodeGuestModule,
} from '../../packages/adapters/src/brython/node/index.ts';
import { dump } from '../../packages/core/src/codec/index.ts';
import { type Snapshot, Tracer } from '../../packages/core/src/index.ts';
import { metrics } from './metrics.ts';

/** Of the whole file, then of the bytes and blocks by site in each metric. */
function hashesOf(snapshot: Snapshot): string[] {
  const { sites } = snapshot.data;
  const columns = metrics.map((metric) => [sites[`${metric}Size`], sites[`${metric}Count`]]);
  const texts = columns.map((pair) => JSON.stringify(pair.map((column) => [...(column ?? [])])));
  return [dump(snapshot), ...texts].map((content) =>
    createHash('sha256').update(content).digest('base64url').slice(0, 12),
  );
}

const file = process.argv[2]!;
const runtime = await createBrython({ stdout: () => undefined });
const tracer = new Tracer();
const adapter = runtime.attach(tracer);
installNodeGuestModule(runtime.$B, adapter);
tracer.start(25);
runtime.run({ source: readFileSync(file, 'utf8'), filename: basename(file) });
process.stdout.write(JSON.stringify(hashesOf(tracer.takeSnapshot())));
