import { execFileSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { dump } from '@tracemalloc/core/codec';
import { dumpPprof } from '@tracemalloc/formats/pprof';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, openPage, titled } from './chromium.ts';
import { shopSnapshot } from './report-snapshots.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const index = pathToFileURL(`${root}site/dist/index.html`).href;
const file = (name: string, bytes: Uint8Array) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(bytes),
});

describe.runIf(chromiumPath !== undefined)(titled('the viewer, opened from a disk'), () => {
  let page: Page;
  const requests: string[] = [];

  beforeAll(async () => {
    execFileSync(process.execPath, ['scripts/build-site.mjs'], { cwd: root });
    page = await openPage();
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(index);
  });
  afterAll(() => page?.context().close());

  test('shows one file, and the difference of two, of any kind', async () => {
    const older = file('monday.tm', dump(shopSnapshot(20)));
    await page.setInputFiles('#files', older);
    const report = page.frameLocator('#report');
    await expect.poll(() => report.locator('h1').textContent()).toBe('monday.tm');
    await page.setInputFiles('#files', [older, file('today.pb.gz', dumpPprof(shopSnapshot(40)))]);
    await expect.poll(() => report.locator('h1').textContent()).toBe('today.pb.gz');
    expect(await report.locator('.facts').textContent()).toContain('compared withmonday.tm');
    expect(await report.locator('.findings').textContent()).toContain('grew by');
  });

  test('says what a file is not, and keeps what it shows', async () => {
    const damaged = dump(shopSnapshot(20)).slice(0, 200);
    await page.setInputFiles('#files', file('half.tm', damaged));
    await expect.poll(() => page.textContent('#status')).toMatch(/^half\.tm: .+/);
    await page.setInputFiles('#files', file('<img src=x onerror=alert(1)>', new Uint8Array(9)));
    await expect
      .poll(() => page.textContent('#status'))
      .toContain('the file is no snapshot of ours');
    expect(await page.frameLocator('#report').locator('h1').textContent()).toBe('today.pb.gz');
    expect(requests.filter((url) => !/^(?:file|blob|data):/.test(url))).toEqual([]);
  });
});
