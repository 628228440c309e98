import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createBrython } from '@tracemalloc/adapters/brython/node';
import { Tracer } from '@tracemalloc/core';
import { traced } from '@tracemalloc/vitest';
import { expect, test } from 'vitest';
import { attachLisp } from '../../examples/callbacks/adapter.ts';
import { Lisp } from '../../examples/callbacks/lisp/lisp.ts';

const folder = fileURLToPath(new URL('../../examples/leak-hunt/', import.meta.url));
const handlers = readFileSync(`${folder}handlers.py`, 'utf8');

const service = `import handlers
shop = handlers.Shop()
number = 0
def serve():
    global number
    for _ in range(30):
        number += 1
        shop.product({'id': number % 30, 'request': number})
`;

/** Product pages of the shop of examples/leak-hunt: 30 requests a run. */
async function shop(source: string) {
  let errors = '';
  const stderr = (text: string): void => {
    errors += text;
  };
  const runtime = await createBrython({ stderr });
  const tracer = new Tracer();
  runtime.attach(tracer, { selfTest: false });
  runtime.addModule('handlers', source);
  for (const name of ['cache', 'sessions']) {
    runtime.addModule(name, readFileSync(`${folder}${name}.py`, 'utf8'));
  }
  const run = (code: string, name: string): void => {
    const { exitCode } = runtime.run({ source: code, filename: `${name}.py`, name });
    if (exitCode !== 0) throw new Error(errors);
  };
  run(service, 'service');
  const getLine = (file: string, line: number): string =>
    file.endsWith('handlers.py') ? source.split('\n')[line - 1]! : '';
  return traced(tracer, () => run('import service\nservice.serve()\n', 'requests'), { getLine });
}

test('the shop leaks its pages, and the check says which line made them', async () => {
  const work = await shop(handlers);
  expect(work).not.toLeakNothing();
  expect(work).not.toLeakAtMost('1 KiB', { perSite: true });
  expect(() => expect(work).toLeakNothing()).toThrow(
    'return self.pages.get(key, lambda: render_product(product))',
  );
});

test('with the request left out of the key it leaks nothing', async () => {
  const fixed = handlers.replace(", query['request'])", ')');
  expect(fixed).not.toBe(handlers);
  const work = await shop(fixed);
  expect(work).toLeakNothing();
  expect(work).toPeakAtMost('64 KiB');
});

// The Lisp's own bookkeeping: what its programs drop must be gone, whatever way they end.
test.each([
  ['closures', '(define (adder n) (lambda (x) (+ n x))) (define f (adder 1)) (f 2)'],
  [
    'exceptions',
    "(define (f n) (if (= n 0) (throw 'no) (cons n (f (- n 1))))) (try (f 9) (lambda (e) e))",
  ],
  [
    'coroutines that end',
    '(define c (coroutine (lambda () (yield (list 1 2)) (list 3)))) (resume c) (resume c)',
  ],
  ['coroutines that wait', '(resume (coroutine (lambda () (yield (make-vector 9)) 1)))'],
  [
    'coroutines that fail',
    '(define c (coroutine (lambda () (car 1)))) (try (resume c) (lambda (e) e))',
  ],
  ['programs that fail', '(define (f) (list 1 (car 1))) (f)'],
])('a Lisp that runs %s again and again leaks nothing', (_, program) => {
  const lisp = new Lisp();
  const tracer = new Tracer();
  attachLisp(lisp, tracer);
  const run = (): void => {
    try {
      lisp.run(program, 'main.lisp');
    } catch (error) {
      expect(String(error)).toContain('not a pair');
    }
    lisp.heap.collect();
  };
  const work = traced(tracer, run, { getLine: () => program });
  expect(work).toLeakNothing({ warmup: 2, iterations: 10 });
  expect(work).toAllocateAtMost('1 KiB');
});
