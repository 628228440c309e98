/// <reference lib="dom" />
import type { ChildProcess } from 'node:child_process';
import type { BrythonInternals } from '@tracemalloc/adapters/brython';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, openPage, titled } from './chromium.ts';
import { servePage } from './serve-page.ts';

declare global {
  interface Window {
    readonly __BRYTHON__: BrythonInternals;
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
      '#orders:13',
      "self.lines = ['line %d of order %d' % (i, number) for i in range(5)]",
    ]);
    expect(second?.slice(0, 2)).toEqual([
      '#orders:54',
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
