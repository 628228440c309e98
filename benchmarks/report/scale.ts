/// <reference lib="dom" />
// How the HTML report bears snapshots of very many stacks: how large its file is, and how long a reader
// waits for each thing. With a name, only the snapshot of that name.
//   npm run bench:report [NAME]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { renderHtml } from '@tracemalloc/report/html';
import { type CDPSession, chromium, type Page } from 'playwright-core';
import { type Shape, snapshotOf } from './snapshots.ts';

const shapes: Readonly<Record<string, Shape>> = {
  usual: { traces: 1e5, stacks: 4000, points: 0 },
  distinct: { traces: 4e5, stacks: 3.9e5, points: 0 },
  many: { traces: 1e6, stacks: 5e5, points: 0 },
  time: { traces: 2e5, stacks: 8000, points: 1000 },
};

const rounds = 3;
const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;

/** From the navigation to the frame after the flame graph was first drawn. */
async function open(page: Page, url: string): Promise<number> {
  page.setDefaultTimeout(300_000);
  await page.goto(url);
  await page.waitForFunction(
    () => (document.querySelector('.flame-rows canvas')?.clientWidth ?? 0) > 300,
  );
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())));
      }),
  );
}

/** What was measured of one thing: until it is on the screen, and what of it the page's thread computed. */
type Waited = { readonly wall: number; readonly computed: number };

/** @param deed what a reader does, as text that the page runs. */
async function wait({ page, session }: Reader, deed: string): Promise<Waited> {
  const before = await computedBy(session);
  const wall: number = await page.evaluate(`(async () => {
    const frame = () => new Promise(requestAnimationFrame);
    await frame();
    const start = performance.now();
    ${deed};
    // The first frame may be that of the deed itself.
    await frame();
    await frame();
    return performance.now() - start;
  })()`);
  return { wall, computed: (await computedBy(session)) - before };
}

type Reader = { readonly page: Page; readonly session: CDPSession };

/** Milliseconds of CPU time so far: others on the machine cannot add to it. */
async function computedBy(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0);
}

const press = (key: string) => `dispatchEvent(new KeyboardEvent('keydown', { key: '${key}' }))`;
const type = (text: string) => `{
  const field = document.querySelector('#search');
  field.value = '${text}';
  field.dispatchEvent(new Event('input', { bubbles: true }));
}`;
const drag = (from: number, to: number) => `{
  const strip = document.querySelector('.u-over');
  const { left, width, top } = strip.getBoundingClientRect();
  const at = (type, share) => strip.dispatchEvent(new PointerEvent(type,
    { clientX: left + width * share, clientY: top + 5, pointerId: 1, bubbles: true }));
  strip.setPointerCapture = () => {};
  at('pointerdown', ${from});
  at('pointermove', ${to});
  at('pointerup', ${to});
}`;

/** By what a reader does: each time with other data, so that nothing is remembered. */
async function measure(reader: Reader, hasTime: boolean): Promise<Record<string, Waited[]>> {
  const found: Record<string, Waited[]> = {};
  const note = async (name: string, deed: string): Promise<void> => {
    const taken = await wait(reader, deed);
    found[name] = [...(found[name] ?? []), taken];
  };
  for (let round = 0; round < rounds; round++) {
    for (const [key, view] of ['tree', 'table', 'sandwich', 'source', 'types', 'flame'].entries()) {
      await note(`${round === 0 ? 'first ' : ''}${view}`, press(String(((key + 1) % 6) + 1)));
    }
    for (const text of ['f', 'fu', 'func', `function_${round}`]) await note('a letter', type(text));
    await wait(reader, type(''));
    await note(`${round === 0 ? 'first ' : ''}invert`, press('i'));
    await note('invert back', press('i'));
    await note('unit', press('u'));
    await note('metric', press('m'));
    if (!hasTime) continue;
    for (const view of ['1', '2', '3', '5', '6']) {
      await wait(reader, press(view));
      for (let i = 0; i < 3; i++) {
        await note(`range, view ${view}`, drag(0.1 + 0.1 * i, 0.5 + 0.1 * i + 0.01 * round));
      }
    }
    await wait(reader, press('w'));
    await wait(reader, press('1'));
  }
  return found;
}

/** MiB after a collection, with what lies outside of the heap of JavaScript. */
async function memoryOf(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const usage = await session.send('Runtime.getHeapUsage');
  const { usedSize, backingStorageSize = 0 } = usage as typeof usage & {
    backingStorageSize?: number;
  };
  return (usedSize + backingStorageSize) / 2 ** 20;
}

const milliseconds = (times: readonly number[]) =>
  `${median([...times]).toFixed(0)} (at most ${Math.max(...times).toFixed(0)})`;

const [, , only] = process.argv;
const folder = mkdtempSync(join(tmpdir(), 'tracemalloc-report-'));
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  for (const [name, shape] of Object.entries(shapes)) {
    if (only !== undefined && only !== name) continue;
    const snapshot = snapshotOf(shape);
    const start = process.cpuUsage();
    const html = renderHtml(snapshot);
    const made = process.cpuUsage(start).user / 1000;
    const file = join(folder, `${name}.html`);
    writeFileSync(file, html);
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const opened: Waited[] = [];
    for (let run = 0; run < rounds; run++) {
      await page.goto('about:blank');
      const before = await computedBy(session);
      const wall = await open(page, pathToFileURL(file).href);
      opened.push({ wall, computed: (await computedBy(session)) - before });
    }
    console.log(
      `${name}: ${JSON.stringify(shape)}: ${(html.length / 1e6).toFixed(2)} MB, made in ${made.toFixed(0)} ms of CPU time, opens in ${milliseconds(opened.map(({ wall }) => wall))} ms, of which computed ${milliseconds(opened.map(({ computed }) => computed))}`,
    );
    console.log('  | what | ms | of which computed |\n  |---|---|---|');
    for (const [deed, all] of Object.entries(await measure({ page, session }, shape.points > 0))) {
      const [wall, computed] = (['wall', 'computed'] as const).map((key) =>
        milliseconds(all.map((one) => one[key])),
      );
      console.log(`  | ${deed} | ${wall} | ${computed} |`);
    }
    console.log(`  memory: ${(await memoryOf(session)).toFixed(0)} MiB`);
    await page.close();
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
