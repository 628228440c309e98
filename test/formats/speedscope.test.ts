import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { dumpCollapsed } from '@tracemalloc/formats/collapsed';
import { dumpHeapprofile } from '@tracemalloc/formats/heapprofile';
import { dumpPprof } from '@tracemalloc/formats/pprof';
import { dumpSpeedscope } from '@tracemalloc/formats/speedscope';
import { Ajv } from 'ajv';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { smallSnapshot } from '../../packages/formats/test/small-snapshot.ts';
import { chromiumPath, openPage, titled } from '../e2e/chromium.ts';

const manifest = createRequire(import.meta.url).resolve('speedscope/package.json');
const folder = join(dirname(manifest), 'dist/release');
const bytes = dumpSpeedscope(smallSnapshot());

test('the file keeps to the schema of speedscope', () => {
  const schema = JSON.parse(readFileSync(join(folder, 'file-format-schema.json'), 'utf8'));
  const validate = new Ajv({ strict: false }).compile(schema);
  validate(JSON.parse(new TextDecoder().decode(bytes)));
  expect(validate.errors).toBeNull();
});

/** What makes the page open a file. */
function loading(name: string, file: Uint8Array): string {
  const base64 = Buffer.from(file).toString('base64');
  return `speedscope.loadFileFromBase64('${name}', '${base64}')`;
}

describe.runIf(chromiumPath !== undefined)(titled('the page of speedscope'), () => {
  let page: Page;
  let own = '';
  const problems: string[] = [];

  beforeAll(async () => {
    own = mkdtempSync(join(tmpdir(), 'tracemalloc-'));
    page = await openPage();
    page.on('pageerror', (error) => problems.push(String(error)));
  });
  afterAll(async () => {
    await page?.close();
    rmSync(own, { recursive: true });
  });

  /** The lines of the page's tables. */
  async function rows(): Promise<string[]> {
    const texts = await page.locator('tr').allInnerTexts();
    return texts.map((text) => text.replaceAll(/\s+/g, ' ').trim());
  }

  const functions = [
    'Total Self Symbol Name',
    '1000 B (89%) 1000 B (89%) parse',
    '1.07 KB (98%) 100 B (8.9%) load',
    '28 B (2.5%) 28 B (2.5%) <string>:0',
    '1.07 KB (98%) 0 B (<0.01%) <module>',
  ];

  test('shows the functions of a snapshot and their bytes', async () => {
    // As speedscope's own command opens a file.
    const script = join(own, 'small.js');
    writeFileSync(script, loading('small.speedscope.json', bytes));
    const { href } = pathToFileURL(join(folder, 'index.html'));
    // The view with a table: the others are drawn, and have no text.
    await page.goto(`${href}#view=sandwich&localProfilePath=${encodeURIComponent(script)}`);
    await page.getByText('Symbol Name').waitFor();
    expect(await rows()).toEqual([
      '#NameTotal Weight',
      '1live bytes1.10 KB',
      '2live blocks3',
      '3peak bytes1.13 KB',
      '4peak blocks3',
      '5temporary bytes932 B',
      '6temporary blocks2',
      '7allocated bytes2.07 KB',
      '8allocated blocks6',
      ...functions,
    ]);
  });

  // Each differs from what the page showed before it.
  test.each([
    ['small.pb.gz', dumpPprof, functions],
    ['small.heapprofile', dumpHeapprofile, [...functions, '1.10 KB (100%) 0 B (<0.01%) (root)']],
    [
      'small.folded',
      dumpCollapsed,
      [
        'Total Self Symbol Name',
        '1,000 (89%) 1,000 (89%) parse (lib/json.py:42)',
        '1,100 (98%) 100 (8.9%) load (app.py:3)',
        '28 (2.5%) 28 (2.5%) <string>:0',
        '1,100 (98%) 0 (<0.01%) <module> (app.py:9)',
      ],
    ],
  ])('shows the same of %s', async (name, dump, expected) => {
    await page.evaluate(loading(name, dump(smallSnapshot())));
    await expect.poll(rows).toEqual(expected);
  });

  test('reports no error', () => {
    expect(problems).toEqual([]);
  });
});
