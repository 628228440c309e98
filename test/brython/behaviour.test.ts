import { copyFileSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBrython, installNodeGuestModule } from '@tracemalloc/adapters/brython/node';
import { Tracer } from '@tracemalloc/core';
import { afterAll, expect, test } from 'vitest';

const programs = new URL('../python/behaviour/', import.meta.url);

/** By program: what CPython 3.13 printed, and how it ended; see behaviour/record.py. */
const expected = JSON.parse(readFileSync(new URL('expected.json', programs), 'utf8')) as Readonly<
  Record<string, { readonly stdout: string; readonly status: number }>
>;

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tracemalloc-behaviour-')));
afterAll(() => rmSync(folder, { recursive: true }));

test.each(Object.keys(expected))(
  '%s prints under tracing what it prints in CPython',
  async (name) => {
    const filename = join(folder, name);
    copyFileSync(new URL(name, programs), filename);
    let stdout = '';
    let stderr = '';
    const runtime = await createBrython({
      argv: [filename],
      cwd: folder,
      stdout: (text) => {
        stdout += text;
      },
      stderr: (text) => {
        stderr += text;
      },
    });
    const tracer = new Tracer();
    const adapter = runtime.attach(tracer, { selfTest: false });
    installNodeGuestModule(runtime.$B, adapter);
    tracer.start(25);
    const { exitCode } = runtime.run({ source: readFileSync(filename, 'utf8'), filename });
    expect({ stdout, status: exitCode, stderr }).toEqual({ ...expected[name], stderr: '' });
  },
);
