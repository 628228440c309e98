// What the viewer shows when somebody has no file yet: the leak hunt of the examples, after it has
// warmed up and 400 requests later.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createBrython, installNodeGuestModule } from '@tracemalloc/adapters/brython/node';
import { Snapshot, Tracer } from '@tracemalloc/core';
import { dump } from '@tracemalloc/core/codec';
import { recordTimeline } from '@tracemalloc/core/timeline';

const folder = fileURLToPath(new URL('../../examples/leak-hunt/', import.meta.url));

const program = `from app import make_router, serve
from handlers import Shop

shop = Shop()
router = make_router(shop)
serve(router, 0, 50)
`;
const more = `from __main__ import router, serve
serve(router, 50, 400)
`;

/** @param file Where a script is written that tells of two snapshot files and of their sources. */
export async function writeExample(file: string): Promise<void> {
  const runtime = await createBrython({ cwd: folder });
  const tracer = new Tracer();
  const adapter = runtime.attach(tracer);
  installNodeGuestModule(runtime.$B, adapter);
  recordTimeline(tracer, {});
  tracer.start(25);
  runtime.run({ source: program, filename: 'shop.py', folder, throws: true });
  const snapshot = (): string => {
    adapter.settle();
    const { data } = tracer.takeSnapshot();
    // Where the folder lies on this machine is nobody's business.
    const strings = data.strings.map((text) => text.replace(folder, ''));
    return Buffer.from(dump(Snapshot.fromData({ ...data, strings }))).toString('base64');
  };
  const before = snapshot();
  runtime.run({ source: more, filename: 'later.py', folder, throws: true, name: 'later' });
  const after = snapshot();
  const names = readdirSync(folder).filter((name) => name.endsWith('.py'));
  const sources: Record<string, string> = { 'shop.py': program, 'later.py': more };
  for (const name of names) sources[name] = readFileSync(`${folder}${name}`, 'utf8');
  writeFileSync(
    file,
    `globalThis.tracemallocExample=${JSON.stringify({ before, after, sources })};\n`,
  );
}
