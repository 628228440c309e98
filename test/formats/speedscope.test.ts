import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { dumpSpeedscope } from '@tracemalloc/formats/speedscope';
import { Ajv } from 'ajv';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { smallSnapshot } from '../../packages/formats/test/small-snapshot.ts';
import { chromiumPath, launchChromium, titled } from '../e2e/chromium.ts';

const manifest = createRequire(import.meta.url).resolve('speedscope/package.json');
const folder = join(dirname(manifest), 'dist/release');
const bytes = dumpSpeedscope(smallSnapshot());

test('the file keeps to the schema of speedscope', () => {
  const schema = JSON.parse(readFileSync(join(folder, 'file-format-schema.json'), 'utf8'));
  const validate = new Ajv({ strict: false }).compile(schema);
  validate(JSON.parse(new TextDecoder().decode(bytes)));
  expect(validate.errors).toBeNull();
});

describe.runIf(chromiumPath !== undefined)(titled('the page of speedscope'), () => {
  let browser: Browser;
  let own = '';
  beforeAll(async () => {
    own = mkdtempSync(join(tmpdir(), 'tracemalloc-'));
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(own, { recursive: true });
  });

  test('shows the functions of a snapshot and their bytes', async () => {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    // As speedscope's own command opens a file.
    const script = join(own, 'small.js');
    const base64 = Buffer.from(bytes).toString('base64');
    writeFileSync(script, `speedscope.loadFileFromBase64('small.speedscope.json', '${base64}')`);
    const { href } = pathToFileURL(join(folder, 'index.html'));
    // The view with a table: the others are drawn, and have no text.
    await page.goto(`${href}#view=sandwich&localProfilePath=${encodeURIComponent(script)}`);
    await page.getByText('Symbol Name').waitFor();
    const rows = await page.locator('tr').allInnerTexts();
    expect(rows.map((row) => row.replaceAll(/\s+/g, ' ').trim())).toEqual([
      '#NameTotal Weight',
      '1live bytes1.10 KB',
      '2live blocks3',
      '3peak bytes1.13 KB',
      '4peak blocks3',
      '5temporary bytes932 B',
      '6temporary blocks2',
      '7churn bytes2.07 KB',
      '8churn blocks6',
      'Total Self Symbol Name',
      '1000 B (89%) 1000 B (89%) parse',
      '1.07 KB (98%) 100 B (8.9%) load',
      '28 B (2.5%) 28 B (2.5%) <string>:0',
      '1.07 KB (98%) 0 B (<0.01%) <module>',
    ]);
    expect(problems).toEqual([]);
  });
});
