import { nil, type Value } from './heap.ts';
import type { Lisp } from './lisp.ts';
import { LispError } from './reader.ts';

/** A function that the interpreter has. No value: it comes when a context goes on. */
export type Builtin = (lisp: Lisp, values: readonly Value[]) => Value | undefined;

function integer(lisp: Lisp, value: Value | undefined): number {
  if (value !== undefined && (value & 1) === 1) return value >> 1;
  throw new LispError(`not a number: ${lisp.text(value ?? nil)}`);
}

function arithmetic(combine: (a: number, b: number) => number): Builtin {
  return (lisp, values) => {
    const [first = 0, ...rest] = values.map((value) => integer(lisp, value));
    return rest.reduce(combine, first) * 2 + 1;
  };
}

function comparison(holds: (a: number, b: number) => boolean): Builtin {
  return (lisp, [a, b]) => truth(lisp, holds(integer(lisp, a), integer(lisp, b)));
}

function truth(lisp: Lisp, value: boolean): Value {
  return value ? lisp.symbol('t') : nil;
}

function block(lisp: Lisp, value: Value | undefined, kind: 'pair' | 'vector'): number {
  if (value !== undefined && lisp.heap.isBlock(value, kind)) return value;
  throw new LispError(`not a ${kind}: ${lisp.text(value ?? nil)}`);
}

function cons(lisp: Lisp, first: Value, rest: Value): Value {
  const pair = lisp.heap.alloc('pair', 2);
  lisp.heap.set(pair, 0, first);
  lisp.heap.set(pair, 1, rest);
  return pair;
}

/** Index of a vector's element: word 0 is its length. */
function element(lisp: Lisp, vector: Value | undefined, index: Value | undefined): number {
  const length = lisp.heap.get(block(lisp, vector, 'vector'), 0) >> 1;
  const i = integer(lisp, index);
  if (i >= 0 && i < length) return i + 1;
  throw new LispError(`index ${i} is not in 0..${length - 1}`);
}

export const builtins: Readonly<Record<string, Builtin>> = {
  '+': arithmetic((a, b) => a + b),
  '-': arithmetic((a, b) => a - b),
  '*': arithmetic((a, b) => a * b),
  '<': comparison((a, b) => a < b),
  '=': comparison((a, b) => a === b),
  'eq?': (lisp, [a, b]) => truth(lisp, a === b),
  cons: (lisp, [first = nil, rest = nil]) => cons(lisp, first, rest),
  car: (lisp, [pair]) => lisp.heap.get(block(lisp, pair, 'pair'), 0),
  cdr: (lisp, [pair]) => lisp.heap.get(block(lisp, pair, 'pair'), 1),
  list: (lisp, values) => {
    let list = nil;
    for (let i = values.length - 1; i >= 0; i--) {
      lisp.keep(list);
      list = cons(lisp, values[i]!, list);
      lisp.release();
    }
    return list;
  },
  'make-vector': (lisp, [length]) => {
    const count = integer(lisp, length);
    if (count < 0) throw new LispError(`a vector cannot have ${count} elements`);
    const vector = lisp.heap.alloc('vector', 1 + count);
    lisp.heap.set(vector, 0, count * 2 + 1);
    return vector;
  },
  'vector-ref': (lisp, [vector, index]) => lisp.heap.get(vector!, element(lisp, vector, index)),
  'vector-set!': (lisp, [vector, index, value = nil]) => {
    lisp.heap.set(vector!, element(lisp, vector, index), value);
    return value;
  },
  coroutine: (lisp, [closure = nil]) => lisp.newCoroutine(closure),
  resume: (lisp, [coroutine = nil, value = nil]) => {
    lisp.resume(coroutine, value);
    return undefined;
  },
  yield: (lisp, [value = nil]) => {
    lisp.yield(value);
    return undefined;
  },
  throw: (lisp, [value = nil]) => {
    throw new LispError(lisp.text(value));
  },
  collect: (lisp) => {
    lisp.heap.collect();
    return nil;
  },
  print: (lisp, values) => {
    lisp.printed.push(values.map((value) => lisp.text(value)).join(' '));
    return nil;
  },
};
