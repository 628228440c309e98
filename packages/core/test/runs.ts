import process from 'node:process';

const factor = Number(process.env['TEST_RUNS'] ?? 1);

/** How often a test of drawn or damaged input is run; `npm run test:long` asks for more. */
export function runs(usual: number): number {
  return usual * factor;
}
