import { relative } from 'node:path';
import process from 'node:process';
import type { Reporter, TestModule } from 'vitest/node';

/** A run of all tests should take less, in seconds, on two cores with nothing else to do. */
const budget = 60;

/**
 * Closes a run with the line that CI reads: `N passed, N failed, N skipped`, alone on a line. Where
 * a run took longer than it should, the files that took longest stand before it.
 */
export default class PlainReporter implements Reporter {
  #started = 0;

  onTestRunStart(): void {
    this.#started = performance.now();
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const seconds = (performance.now() - this.#started) / 1000;
    const count = { passed: 0, failed: errors.length, skipped: 0 };
    for (const module of modules) {
      // A module that fails to load has errors and no tests; a suite whose preparation fails, skipped ones.
      count.failed += module.errors().length;
      for (const suite of module.children.allSuites()) count.failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state !== 'pending') count[state]++;
      }
    }
    if (seconds > budget) process.stdout.write(slowest(modules, seconds));
    process.stdout.write(
      `\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`,
    );
  }
}

function slowest(modules: readonly TestModule[], seconds: number): string {
  const files = modules.map((module) => {
    const { duration, collectDuration, environmentSetupDuration } = module.diagnostic();
    const total = duration + collectDuration + environmentSetupDuration;
    return { name: relative(process.cwd(), module.moduleId), seconds: total / 1000 };
  });
  const longest = files.sort((a, b) => b.seconds - a.seconds).slice(0, 5);
  const lines = longest.map((file) => `  ${file.seconds.toFixed(1)} s  ${file.name}\n`);
  return `\n${seconds.toFixed(0)} s, which is more than ${budget}; the longest files:\n${lines.join('')}`;
}
