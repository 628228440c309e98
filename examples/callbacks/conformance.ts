import type { ConformanceHost, Programs } from '@tracemalloc/adapters/conformance';
import type { Tracer } from '@tracemalloc/core';
import { attachLisp } from './adapter.ts';
import { Lisp, type Observer } from './lisp/lisp.ts';

const keep = `(define kept ())
(define (keep x) (set! kept (cons x kept)))
(define i 0)
`;

const programs: Programs = {
  blocks: `${keep}
(while (< i 10)
  (keep (make-vector 3)) ; @a
  (set! i (+ i 1)))
(set! i 0)
(while (< i 5)
  (keep (make-vector 4)) ; @b
  (set! i (+ i 1)))
`,
  sizes: `${keep}
(keep (make-vector 10)) ; @a
(keep (make-vector 100)) ; @b
`,
  frees: `${keep}
(while (< i 10)
  (define x (make-vector 3)) ; @a
  (if (< i 6) (keep x))
  (set! i (+ i 1)))
(define x ())
`,
  calls: `${keep}
(define (inner)
  (keep (make-vector 3))) ; @inner
(define (nothing) ())
(define (outer)
  (nothing)
  (inner)) ; @outer
(outer) ; @main
`,
  recursion: `${keep}
(define (down n)
  (if (= n 0)
    (keep (make-vector 3)) ; @bottom
    (down (- n 1)))) ; @down
(down 20) ; @main
`,
  coroutine: `${keep}
(define (body)
  (yield 1)
  (keep (make-vector 3)) ; @inside
  (yield 2))
(define c (coroutine body))
(define (go)
  (resume c)) ; @resume
(resume c)
(go) ; @main
`,
  exceptions: `${keep}
(define (a) (b))
(define (b) (c))
(define (c) (throw 'no))
(try (a) (lambda (e) e))
(keep (make-vector 3)) ; @after
`,
};

/** @param spoil What the mutation tests do to the hooks that the adapter set. */
export function lispHost(spoil?: (hooks: Observer, lisp: Lisp) => void): ConformanceHost {
  return {
    name: 'Lisp (callbacks)',
    programs,
    type: 'vector',
    // A header of two words, the length, the elements; aligned to 8 bytes.
    sizeOf: (elements) => Math.ceil((8 + 4 + 4 * elements) / 8) * 8,
    async open() {
      const lisp = new Lisp();
      let detach = (): void => undefined;
      return {
        attach(tracer: Tracer) {
          const adapter = attachLisp(lisp, tracer);
          detach = adapter.detach;
          if (lisp.observer !== null) spoil?.(lisp.observer, lisp);
          return adapter.caps;
        },
        run(source, file) {
          lisp.run(source, file);
          lisp.heap.collect();
        },
        settle: () => undefined,
        detach: () => detach(),
        fingerprint: () => [lisp.observer, lisp.heap.observer],
        close: () => detach(),
      };
    },
  };
}
