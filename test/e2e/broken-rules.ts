/// <reference lib="dom" />
import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** Half a megabyte, once a document: another hash loads no other. */
export async function loadAxe(page: Page): Promise<void> {
  await page.evaluate(axe.source);
}

/** Serious rules that a part of the page breaks. Without rules: of all that axe has. */
export async function brokenRules(page: Page, rules: string[], part = 'main'): Promise<unknown[]> {
  const { violations } = await page.evaluate(
    ([selector, values]) =>
      (window as unknown as { axe: typeof axe }).axe.run(selector, {
        resultTypes: ['violations'],
        preload: false,
        ...(values.length > 0 ? { runOnly: values } : {}),
      }),
    [part, rules] as const,
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => [id, nodes.slice(0, 3).map((node) => node.html.slice(0, 200))]);
}
