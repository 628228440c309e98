// A small Lisp with its own heap and collector, traced by the forty lines in adapter.ts.
import { Tracer } from '@tracemalloc/core';
import { attachLisp } from './adapter.ts';
import { Lisp } from './lisp/lisp.ts';

const source = `(define cache ())
(define (remember key)
  (set! cache (cons (cons key (make-vector 100)) cache)))

(define (serve request)
  (make-vector 1000)
  (remember request))

(define request 0)
(while (< request 50)
  (serve request)
  (set! request (+ request 1)))
`;

const lisp = new Lisp();
const tracer = new Tracer();
attachLisp(lisp, tracer);
tracer.start(10);
lisp.run(source, 'server.lisp');
lisp.heap.collect();

const snapshot = tracer.takeSnapshot();
for (const statistic of snapshot.statistics('lineno')) console.log(String(statistic));
const getLine = (_: string, line: number): string => source.split('\n')[line - 1] ?? '';
console.log(snapshot.statistics('traceback')[0]!.traceback.format({ getLine }).join('\n'));
