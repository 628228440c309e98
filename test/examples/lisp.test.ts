import { readFileSync } from 'node:fs';
import { CheckedStack, CheckedTracer } from '@tracemalloc/adapters/callbacks';
import { Tracer } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import { attachLisp } from '../../examples/callbacks/adapter.ts';
import { Lisp } from '../../examples/callbacks/lisp/lisp.ts';

function printed(source: string, bytes?: number): string[] {
  const lisp = new Lisp(bytes);
  lisp.run(source, 'main.lisp');
  return lisp.printed;
}

/** Runs a program in checked mode and gives what lives at each line of kinds that it names. */
function traced(source: string, nframe = 1) {
  const lisp = new Lisp();
  const tracer = new CheckedTracer();
  const stack = new CheckedStack(tracer);
  attachLisp(lisp, tracer, stack);
  tracer.start(nframe);
  lisp.run(source, 'main.lisp');
  stack.checkBalanced();
  lisp.heap.collect();
  return { lisp, tracer, snapshot: tracer.takeSnapshot() };
}

test('it is a Lisp: closures, loops, lists, recursion', () => {
  const program = `
    (define (counter)
      (define n 0)
      (lambda () (set! n (+ n 1))))
    (define a (counter)) (define b (counter))
    (a) (a)
    (print (a) (b))
    (define (fact n) (if (< n 2) 1 (* n (fact (- n 1)))))
    (print (fact 10) (list 1 'two '()) (cdr (cons 1 2)))
    (define i 0) (while (< i 3) (set! i (+ i 1)))
    (print i (if (eq? 'x 'x) 'same 'other) (- 5) (vector-ref (make-vector 2) 1))`;
  expect(printed(program)).toEqual(['3 1', '3628800 (1 two ()) 2', '3 same 5 ()']);
});

test('exceptions come to the nearest handler, also out of a coroutine', () => {
  const program = `
    (define (fail) (throw 'no))
    (print (try (+ 1 (fail)) (lambda (e) (list 'caught e))))
    (define c (coroutine (lambda () (yield 1) (fail))))
    (print (resume c))
    (print (try (resume c) (lambda (e) e)))
    (print (try (resume c) (lambda (e) e)))
    (try (undefined) (lambda (e) (print e)))`;
  expect(printed(program)).toEqual([
    '(caught no)',
    '1',
    'no',
    'the coroutine is over',
    'not defined: undefined',
  ]);
  expect(() => printed("(throw 'oops)")).toThrow('oops');
  expect(() => printed('(car 1)')).toThrow('not a pair: 1');
  expect(() => printed('(fact')).toThrow('line 1: ( without )');
});

test('coroutines pass values both ways and may nest', () => {
  const program = `
    (define inner (coroutine (lambda () (yield 'a) 'b)))
    (define outer (coroutine (lambda () (print (yield (resume inner))) (resume inner))))
    (print (resume outer))
    (print (resume outer 'sent))`;
  expect(printed(program)).toEqual(['a', 'sent', 'b']);
});

test('garbage is collected when memory is short, and what lives stays whole', () => {
  const program = `
    (define kept ())
    (define c (coroutine (lambda () (define mine (list 7 8)) (while 1 (yield mine)))))
    (resume c)
    (define i 0)
    (while (< i 2000)
      (set! i (+ i 1))
      (make-vector 10)
      (if (< i 20) (set! kept (cons i kept))))
    (print (car kept) (car (cdr kept)) (resume c))`;
  expect(printed(program, 4096)).toEqual(['19 18 (7 8)']);
  expect(() => printed('(define v (make-vector 2000))', 4096)).toThrow('out of memory: no room');
});

test('blocks live on the lines that made them', () => {
  const { snapshot } = traced(`(define kept ())
(define (load n)
  (define v (make-vector n))
  (set! kept (cons v kept)))
(load 100)
(load 200)
(set! kept (cdr kept))
(make-vector 5000)
`);
  expect(snapshot.statistics('lineno').map(String)).toEqual([
    'main.lisp:3: size=416 B, count=1, average=416 B',
    'main.lisp:4: size=16 B, count=1, average=16 B',
    'main.lisp:2: size=16 B, count=1, average=16 B',
  ]);
});

test('tracebacks go through calls, coroutines and exceptions', () => {
  const { snapshot } = traced(
    `(define (make) (make-vector 50))
(define c (coroutine
  (lambda ()
    (yield 0)
    (make))))
(resume c)
(define (fail) (throw 'no))
(try (fail) (lambda (e) e))
(define kept
  (resume c))
`,
    10,
  );
  const [largest] = snapshot.statistics('traceback');
  expect(largest!.traceback.format()).toEqual([
    '  File "main.lisp", line 10',
    '  File "main.lisp", line 5',
    '  File "main.lisp", line 1',
  ]);
  const names = [...snapshot.traces].find((trace) => trace.size === 216)!.traceback.frames;
  expect(names.map((frame) => frame.functionName)).toEqual(['<file>', '<lambda>', 'make']);
  expect(largest!.size).toBe(216);
});

test('a coroutine that nobody can resume is forgotten, by the tracer too', () => {
  const { lisp, tracer } = traced(`(define c (coroutine (lambda () (yield (make-vector 9)) 1)))
(resume c)
(set! c ())`);
  lisp.heap.collect();
  const types = tracer
    .takeSnapshot()
    .statistics('type')
    .map((statistic) => statistic.label);
  expect(types).toEqual([]);
});

test('the tracer knows at all times what the heap has, however often it collects', () => {
  const lisp = new Lisp(12_288);
  const tracer = new CheckedTracer();
  attachLisp(lisp, tracer, new CheckedStack(tracer));
  tracer.start(3);
  const observer = lisp.observer!;
  let checks = 0;
  const { alloc } = observer;
  observer.alloc = (address, size, kind) => {
    alloc(address, size, kind);
    checks++;
    expect(tracer.getTracedMemory().current).toBe(lisp.heap.used);
  };
  const program = `
    (define kept ())
    (define i 0)
    (define (walk n) (if (< n 1) (throw 'deep) (cons n (walk (- n 1)))))
    (while (< i 60)
      (set! i (+ i 1))
      (if (= (- i 30) 0) (set! kept ()))
      (set! kept (cons (make-vector i) kept))
      (define c (coroutine (lambda () (yield (list i i)) (make-vector 20))))
      (resume c)
      (try (walk 9) (lambda (e) e))
      (if (< i 50) (resume c)))`;
  lisp.run(program, 'main.lisp');
  expect(checks).toBeGreaterThan(1000);
  const frees = checks - tracer.takeSnapshot().traces.length;
  expect(frees).toBeGreaterThan(500);
});

test('two Lisps have a tracer each', () => {
  const tracers = ['(define a (list 1 2))', '(define b (make-vector 100))'].map((source) => {
    const lisp = new Lisp();
    const tracer = new Tracer();
    attachLisp(lisp, tracer);
    tracer.start();
    lisp.run(source, 'main.lisp');
    return tracer;
  });
  expect(tracers.map((tracer) => tracer.getTracedMemory().current)).toEqual([32, 416]);
});

test('the adapter is short', () => {
  const file = new URL('../../examples/callbacks/adapter.ts', import.meta.url);
  expect(readFileSync(file, 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(40);
});
