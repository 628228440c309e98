// The pictures of README.md: the example's report, and the playground after a run. Made of the site
// as it is in site/dist, in Chromium, which also packs them (WebP).
import { mkdirSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium, type Page } from 'playwright-core';

const root = fileURLToPath(new URL('../../', import.meta.url));
const site = pathToFileURL(`${root}site/dist/`).href;
const size = { width: 1280, height: 760 };
const quality = 0.82;

async function report(page: Page): Promise<void> {
  await page.goto(`${site}index.html`);
  await page.click('#example-difference');
  await page.frameLocator('#report').locator('[role=tabpanel]').waitFor();
}

async function playground(page: Page): Promise<void> {
  await page.goto(`${site}playground/index.html#example=leak-hunt`);
  await page.click('#run');
  await page.waitForSelector('#lesson .next');
}

/** Chromium has an encoder of WebP, which nothing else here has. */
async function packed(page: Page, png: Buffer): Promise<Buffer> {
  const url = await page.evaluate(
    async ([data, quality]) => {
      const image = new Image();
      image.src = `data:image/png;base64,${data}`;
      await image.decode();
      const canvas = document.createElement('canvas');
      canvas.width = image.width;
      canvas.height = image.height;
      canvas.getContext('2d')!.drawImage(image, 0, 0);
      return canvas.toDataURL('image/webp', quality);
    },
    [png.toString('base64'), quality] as const,
  );
  return Buffer.from(url.split(',')[1]!, 'base64');
}

const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
mkdirSync(`${root}docs/images`, { recursive: true });
for (const [name, prepare] of Object.entries({ report, playground })) {
  const page = await browser.newPage({ viewport: size, reducedMotion: 'reduce' });
  page.setDefaultTimeout(120_000);
  await prepare(page);
  await page.waitForTimeout(500);
  const bytes = await packed(page, await page.screenshot());
  writeFileSync(`${root}docs/images/${name}.webp`, bytes);
  process.stdout.write(`docs/images/${name}.webp: ${(bytes.length / 1000).toFixed(0)} kB\n`);
  await page.close();
}
await browser.close();
