/// <reference lib="dom" />
import type { ChildProcess } from 'node:child_process';
import type { BrythonInternals } from '@tracemalloc/adapters/brython';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brokenRules, loadAxe } from './broken-rules.ts';
import { chromiumPath, openPage, titled } from './chromium.ts';
import { servePage } from './serve-page.ts';

declare global {
  interface Window {
    readonly __BRYTHON__: BrythonInternals;
    readonly settleMemory: () => Promise<void>;
  }
}

describe.runIf(chromiumPath !== undefined)(titled('the Brython page'), () => {
  let server: ChildProcess;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    const [served, opened] = await Promise.all([servePage('examples/brython-page'), openPage()]);
    server = served.server;
    page = opened;
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'warning' || message.type() === 'error') problems.push(message.text());
    });
    await page.goto(served.url);
  });

  afterAll(async () => {
    await page?.close();
    server?.kill();
  });

  const totals = (start: string) =>
    page.waitForFunction(
      (text) => document.querySelector('#totals')?.textContent?.startsWith(text),
      start,
    );
  const rows = () =>
    page.$$eval('#top tr', (all) =>
      all.map((row) => Array.from((row as HTMLTableRowElement).cells, (cell) => cell.textContent)),
    );
  const tracedKib = async () =>
    Number(/([\d.]+) KiB traced now/.exec((await page.textContent('#totals')) ?? '')?.[1]);

  test('lists the lines that hold memory, with their source', async () => {
    await totals('1000 orders;');
    const [biggest, second] = await rows();
    expect(biggest?.slice(0, 2)).toEqual([
      '#orders:14',
      "self.lines = ['line %d of order %d' % (i, number) for i in range(5)]",
    ]);
    expect(second?.slice(0, 2)).toEqual([
      '#orders:63',
      'orders.extend(Order(i) for i in range(1000))',
    ]);
  });

  test('sees memory grow and, between turns, shrink again', async () => {
    const before = await tracedKib();
    await page.click('#grow');
    await totals('2000 orders;');
    expect(await tracedKib()).toBeGreaterThan(before * 1.2);
    await page.click('#forget');
    await totals('0 orders;');
    expect(await tracedKib()).toBeLessThan(before / 20);
    expect(problems).toEqual([]);
  });

  test('shows what lives as it changes, by mouse and keys, to everybody', async () => {
    const view = page.locator('#live');
    const figures = (): Promise<string | null> => view.locator('dl').textContent();
    await expect.poll(figures).toMatch(/Live[\d.]+ KiBBlocks\d+Peak/);
    await page.click('#grow');
    await expect.poll(figures).toMatch(/Live\d{3} KiB/);
    const first = () => view.locator('tbody tr').first().textContent();
    expect(await first()).toContain('grow');
    await view.locator('input').fill('__init__');
    expect(await first()).toContain('Order.__init__');
    await view.locator('.rows').press('b');
    expect(await view.locator('button[aria-pressed="true"]').textContent()).toBe('Baseline');
    expect(await first()).toMatch(/^0 B/);
    await view.locator('input').press('Escape');
    await view.locator('.rows').press('o');
    expect(await view.locator('th[aria-sort]').textContent()).toBe('Own');
    await loadAxe(page);
    expect(await brokenRules(page, [], 'body')).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await brokenRules(page, [], 'body')).toEqual([]);
  });

  /** What a program printed, and the last line of how it ended. */
  const ran = async (source: string): Promise<string[]> => {
    await page.fill('#program', source);
    await page.click('#run');
    const output = (await page.textContent('#output'))!;
    await page.evaluate(() => window.settleMemory());
    return [output.split('\n')[0]!, output.replace(/^(?=.*[\s\S])[\s\S]*\n(?=\w+Error)/, '')];
  };

  test.each([
    [
      'keeps all it makes',
      'kept = []\nwhile True: kept.append("x" * 10**6 + str(len(kept)))',
      /^MemoryError: /,
    ],
    ['wants a giant', "x = 'x' * 10**10", /^MemoryError: /],
    [
      'goes on through every error',
      'kept = []\nwhile True:\n  try: kept.append("x" * 10**6 + str(len(kept)))\n  except: pass',
      /^(Ended: it went on through errors for memory without an end\.\n$|MemoryError: )/,
    ],
    ['calls without an end', 'def f(): f()\nf()', /^RecursionError: /],
  ])('a program that %s leaves the page as it was', async (_, source, ending) => {
    expect((await ran(source)).at(-1)).toMatch(ending);
    expect(await ran("print('goes on')")).toEqual(['goes on', 'goes on\n']);
  });

  test('keeps its compiled modules apart from those of pages without the hooks', async () => {
    const times = await page.evaluate(async () => {
      const opened = indexedDB.open(window.__BRYTHON__['idb_name'] as string);
      await new Promise((resolve) => {
        opened.onsuccess = resolve;
      });
      const records = opened.result.transaction('modules').objectStore('modules').getAll();
      await new Promise((resolve) => {
        records.onsuccess = resolve;
      });
      return (records.result as { timestamp: number }[]).map(({ timestamp }) => timestamp % 1);
    });
    expect(times.length).toBeGreaterThan(0);
    expect(times.every((fraction) => fraction > 0.5)).toBe(true);
  });

  test('works, with less, where Brython is loaded already', async () => {
    problems.length = 0;
    await page.goto(new URL('already-loaded.html', page.url()).href);
    await page.waitForFunction(() =>
      document.querySelector('#top')?.textContent?.includes('#lists:6:'),
    );
    expect(await page.textContent('#top')).toMatch(/#lists:6: size=\d\d(\.\d)? KiB, count=\d{4}, /);
    expect(problems).toEqual([
      expect.stringContaining('was not instrumented when it was loaded'),
      expect.stringContaining('builtin_method'),
    ]);
  });
});
