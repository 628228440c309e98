import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { createBrython, installNodeGuestModule } from '../../packages/adapters/src/brython/node/index.ts';
import { Tracer } from '../../packages/core/src/index.ts';
const file = process.argv[2]!;
const runtime = await createBrython({ stdout: () => undefined });
const tracer = new Tracer();
installNodeGuestModule(runtime.$B, runtime.attach(tracer));
tracer.start(25);
runtime.run({ source: readFileSync(file, 'utf8'), filename: basename(file) });
const s = tracer.takeSnapshot();
const { sites, tracebacks, frames, strings } = s.data as any;
for (let i = 0; i < sites.traceback.length; i++) {
  const tb = sites.traceback[i], off = tracebacks.offset[tb], f = tracebacks.frame[off];
  console.log([strings[frames.file[f]], frames.line[f], strings[sites.type?.[i]] ?? '', 'live', sites.liveSize[i], sites.liveCount[i], 'peak', sites.peakSize[i], sites.peakCount[i], 'total', sites.totalSize[i], sites.totalCount[i], 'temp', sites.temporarySize[i], sites.temporaryCount[i]].join(' '));
}
