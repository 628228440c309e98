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
import { callTree } from '@tracemalloc/core/analysis';
import { renderHtml } from '@tracemalloc/report/html';
import { type CDPSession, chromium, type Page } from 'playwright-core';

const traceCount = 1e6;
const tracebackCount = 9000;
const openings = 5;
const framesOfDeed = 200;

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

/** What a reader does in each frame, as text that the page runs: `i` is the number of the frame. */
const deeds = {
  // Another bar in each frame, as fast as a hand can.
  'pointer moves': `box.dispatchEvent(new PointerEvent('pointermove',
    { clientX: 40 + ((i * 13) % 1300), clientY: 220 + ((i * 5) % 330), bubbles: true }))`,
  scrolls: 'box.scrollTop = (i * 7) % 200',
  // Each zoom moves for ten frames.
  'zooms in and out': `if (i % 20 === 0) {
    for (const key of [['ArrowDown', 'ArrowDown', 'Enter'], ['Escape']][(i / 20) % 2])
      box.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  }`,
} as const;

/** Milliseconds between frames while the reader does one thing. */
function frameTimes(page: Page, deed: string): Promise<number[]> {
  return page.evaluate(`(async () => {
    const box = document.querySelector('.flame-box');
    const times = [];
    let before = await new Promise(requestAnimationFrame);
    for (let i = 0; i < ${framesOfDeed}; i++) {
      ${deed};
      const now = await new Promise(requestAnimationFrame);
      times.push(now - before);
      before = now;
    }
    return times;
  })()`);
}

/** What the page's thread computed so far: unlike the time between frames, others cannot add to it. */
async function threadSeconds(session: CDPSession): Promise<{ script: number; all: number }> {
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (wanted: string) => metrics.find(({ name }) => name === wanted)?.value ?? 0;
  return { script: of('ScriptDuration'), all: of('TaskDuration') };
}

async function printFrames(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  for (const [name, deed] of Object.entries(deeds)) {
    const before = await threadSeconds(session);
    const frames = (await frameTimes(page, deed)).sort((a, b) => a - b);
    const after = await threadSeconds(session);
    const of = (key: 'script' | 'all') =>
      ((1000 * (after[key] - before[key])) / framesOfDeed).toFixed(1);
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) =>
      (frames[Math.floor(frames.length * share)] ?? 0).toFixed(1),
    );
    console.log(
      `  ${name}: frames ${p50} ms (95 %: ${p95}, 99 %: ${p99}), of which ` +
        `${of('script')} ms our script, ${of('all')} ms the page's thread`,
    );
  }
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
    const page = await browser.newPage({ viewport: { width: 1400, height: 700 } });
    const opened: number[] = [];
    for (let run = 0; run < openings; run++)
      opened.push(await open(page, pathToFileURL(file).href));
    console.log(
      `${name}: ${(html.length / 1e6).toFixed(2)} MB, made in ${made.toFixed(0)} ms, ` +
        `opens in ${median(opened).toFixed(0)} ms`,
    );
    // What came with opening is over.
    await page.waitForTimeout(500);
    await printFrames(page);
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
