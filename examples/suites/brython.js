// A Python application in Brython: a cache that is bounded, and one that is not.
import { createBrython } from '@tracemalloc/adapters/brython/node';
import { Tracer } from '@tracemalloc/core';

const source = `
import sys
if not hasattr(sys, 'requests'):
    sys.requests = []
def handle(size, keep):
    body = bytes(size)
    if keep:
        sys.requests.append(body)
    return len(body)
`;

export async function application() {
  const runtime = await createBrython();
  const tracer = new Tracer();
  const adapter = runtime.attach(tracer);
  const request = (size, keeps = false) =>
    runtime.run({
      source: `${source}handle(${size}, ${keeps ? 'True' : 'False'})\n`,
      filename: 'app.py',
      throws: true,
    });
  const getLine = (file, line) => (file === 'app.py' ? (source.split('\n')[line - 1] ?? '') : '');
  return { runtime, tracer, adapter, request, getLine };
}
