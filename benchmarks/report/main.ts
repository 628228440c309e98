/// <reference lib="dom" />
// The HTML report of 10^6 traces whose call tree has 10^5 nodes: how large the file is, how long it
// takes to make and to open, and how long the frames of its flame graph take.
//   node --conditions=@tracemalloc/source --import=tsx benchmarks/report/main.ts
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { type RawTrace, Snapshot } from '@tracemalloc/core';
import { callTree } from '@tracemalloc/report';
import { renderHtml } from '@tracemalloc/report/html';
import { type CDPSession, chromium, type Page } from 'playwright-core';

const traceCount = 1e6;
const tracebackCount = 9000;
const openings = 5;

/** Numbers in 0 … 1, the same in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}

function makeSnapshot(seed: number): Snapshot {
  const random = randomNumbers(seed);
  const below = (bound: number) => Math.floor(random() * bound);
  const tracebacks = Array.from({ length: tracebackCount }, (_, row): [string, number][] =>
    Array.from({ length: 1 + (row % 25) }, () => [`/usr/lib/pkg${below(200)}.py`, below(2000)]),
  );
  const traces = Array.from({ length: traceCount }, (): RawTrace => {
    const frames = tracebacks[Math.floor(random() ** 2 * tracebackCount)]!;
    return [0, 24 + 8 * below(64), frames, frames.length];
  });
  return Snapshot.fromTraces(traces, 25);
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;

/** From the navigation to the frame after the flame graph was first drawn. */
async function open(page: Page, url: string): Promise<number> {
  await page.goto('about:blank');
  await page.goto(url);
  await page.waitForFunction(() => (document.querySelector('canvas')?.width ?? 0) > 300);
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())));
      }),
  );
}

/** Milliseconds between frames while the graph scrolls, zooms in and out, and the pointer moves. */
function frameTimes(page: Page): Promise<number[]> {
  return page.evaluate(async () => {
    const box = document.querySelector<HTMLElement>('.flame-box')!;
    const times: number[] = [];
    let before = performance.now();
    for (let frame = 0; frame < 240; frame++) {
      box.scrollTop = (frame * 7) % 200;
      const x = 40 + ((frame * 13) % 1000);
      box.dispatchEvent(new MouseEvent('mousemove', { clientX: x, clientY: 330, bubbles: true }));
      const key = { 20: 'ArrowDown', 40: 'ArrowDown', 60: 'Enter', 120: 'Escape', 180: 'Enter' }[
        frame
      ];
      if (key) box.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
      // No function with a name: tsx would wrap it in a helper that the page lacks.
      const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
      times.push(now - before);
      before = now;
    }
    return times;
  });
}

/** What the page's thread computed so far: unlike the time between frames, others cannot add to it. */
async function taskSeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
}

const folder = mkdtempSync(join(tmpdir(), 'tracemalloc-report-'));
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  const snapshot = makeSnapshot(1);
  const base = makeSnapshot(2);
  console.log(`${traceCount} traces, ${callTree(snapshot.data).length} nodes`);
  for (const [name, options] of Object.entries({ one: {}, two: { base } })) {
    const start = performance.now();
    const html = renderHtml(snapshot, options);
    const made = performance.now() - start;
    const file = join(folder, `${name}.html`);
    writeFileSync(file, html);
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    const opened: number[] = [];
    for (let run = 0; run < openings; run++)
      opened.push(await open(page, pathToFileURL(file).href));
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const before = await taskSeconds(session);
    const frames = (await frameTimes(page)).sort((a, b) => a - b);
    const work = (1000 * ((await taskSeconds(session)) - before)) / frames.length;
    const p95 = frames[Math.floor(frames.length * 0.95)] ?? 0;
    console.log(
      `${name}: ${(html.length / 1e6).toFixed(2)} MB, made in ${made.toFixed(0)} ms, ` +
        `opens in ${median(opened).toFixed(0)} ms, ` +
        `frames ${median(frames).toFixed(1)} ms (95 %: ${p95.toFixed(1)} ms), ` +
        `${work.toFixed(1)} ms of the page's thread for each`,
    );
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
