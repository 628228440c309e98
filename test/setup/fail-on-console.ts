import { afterEach, beforeEach, vi } from 'vitest';

// A library that prints is a library with a bug; tests say so.
beforeEach(() => {
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...args) => {
      throw new Error(`unexpected console.${method}: ${args.join(' ')}`);
    });
  }
});

afterEach(() => {
  vi.restoreAllMocks();
});
