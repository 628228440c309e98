/// <reference lib="dom" />
import { dump } from '@tracemalloc/core/codec';
import { dumpHeapprofile } from '@tracemalloc/formats/heapprofile';
import { dumpParquet } from '@tracemalloc/formats/parquet';
import { dumpPickle } from '@tracemalloc/formats/pickle';
import { dumpPprof } from '@tracemalloc/formats/pprof';
import { dumpSpeedscope } from '@tracemalloc/formats/speedscope';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, titled } from './chromium.ts';
import { hostileFiles } from './hostile-files.ts';
import { shopSnapshot } from './report-snapshots.ts';
import { diskUrl, openSite, seriousFindings } from './site-page.ts';

const bytesOf = (file: string | Uint8Array): Uint8Array =>
  typeof file === 'string' ? new TextEncoder().encode(file) : file;
const file = (name: string, content: string | Uint8Array) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(bytesOf(content)),
});

describe.runIf(chromiumPath !== undefined)(titled('the viewer, opened from a disk'), () => {
  let page: Page;
  let problems: string[];
  const shown = () => page.frameLocator('#report').locator('h1').textContent();

  beforeAll(async () => {
    ({ page, problems } = await openSite(`${diskUrl}index.html`));
  });
  afterAll(async () => {
    await page?.context().close();
    expect(problems).toEqual([]);
  });

  test('begins with what it is for, and an example of one click', async () => {
    expect(await seriousFindings(page)).toEqual([]);
    await page.click('#example-difference');
    await expect.poll(shown).toBe('A shop that leaks, after 450 requests');
    const findings = await page.frameLocator('#report').locator('.findings').textContent();
    expect(findings).toMatch(/handlers\.py:46.*grew/);
  });

  test('shows a file of each format', async () => {
    const snapshot = shopSnapshot(20, false);
    const formats = {
      'ours.tm': dump(snapshot),
      'cpython.pickle': dumpPickle(snapshot),
      'go.pb.gz': dumpPprof(snapshot),
      'web.speedscope.json': dumpSpeedscope(snapshot),
      'v8.heapprofile': dumpHeapprofile(snapshot),
      'fleet.parquet': await dumpParquet(snapshot),
    };
    for (const [name, content] of Object.entries(formats)) {
      await page.setInputFiles('#files', file(name, content));
      await expect.poll(() => page.textContent('#status')).toBe(name);
      await expect.poll(shown).toBe(name);
    }
  });

  test('shows the difference of two files that are dropped, of any kind', async () => {
    const dropped = [
      ['monday.tm', dump(shopSnapshot(20))],
      ['today.pb.gz', dumpPprof(shopSnapshot(40))],
    ] as const;
    await page.evaluate(
      (all) => {
        const dataTransfer = new DataTransfer();
        for (const [name, bytes] of all) {
          dataTransfer.items.add(new File([new Uint8Array(bytes)], name));
        }
        document.dispatchEvent(new DragEvent('drop', { dataTransfer, cancelable: true }));
      },
      dropped.map(([name, bytes]) => [name, [...bytes]] as [string, number[]]),
    );
    await expect.poll(shown).toBe('today.pb.gz');
    const report = page.frameLocator('#report');
    expect(await report.locator('.facts').textContent()).toContain('compared withmonday.tm');
    expect(await report.locator('.findings').textContent()).toContain('grew by');
  });

  test('is told by hostile files of every reader what they are not, and neither hangs nor runs them', async () => {
    const files = (await hostileFiles()).map((bytes) => Buffer.from(bytes).toString('base64'));
    const results = await page.evaluate(async (all) => {
      const status = document.querySelector<HTMLOutputElement>('#status')!;
      const outcomes = [];
      for (const [i, base64] of all.entries()) {
        const name = `<img src=x onerror=alert(${i})>`;
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([bytes], name));
        const start = performance.now();
        document.dispatchEvent(new DragEvent('drop', { dataTransfer, cancelable: true }));
        while (status.value === 'Reading …') await new Promise((done) => setTimeout(done));
        const text = status.value;
        const kind = text === name ? 'read' : text.startsWith(`${name}: `) ? 'refused' : text;
        outcomes.push({ i, kind, milliseconds: performance.now() - start });
      }
      return outcomes;
    }, files);
    const kinds = new Set(results.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(['read', 'refused']);
    // On a busy machine; one takes some 5 to 50.
    expect(results.filter(({ milliseconds }) => milliseconds > 10_000)).toEqual([]);
    await page.setInputFiles('#files', file('good.tm', dump(shopSnapshot(20))));
    await expect.poll(shown).toBe('good.tm');
  });
});
