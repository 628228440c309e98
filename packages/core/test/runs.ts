import process from 'node:process';

/** `npm test` draws a quarter of what CI does, and `npm run test:long` twenty times what CI does. */
const factor = Number(process.env['TEST_RUNS'] ?? 0.25);

/** How often a test of drawn or damaged input is run, by how often CI runs it. */
export function runs(usual: number): number {
  return Math.ceil(usual * factor);
}
