// A machine of functions that call, throw, catch and yield, each step on a line. Memory is counted by hand.
import { AddressHeap, frameMemo } from '@tracemalloc/adapters/callbacks';
import { ShadowStack, Tracer } from '@tracemalloc/core';

export class Machine {
  tracer = new Tracer({ metadata: { host: 'machine 1', liveness: 'exact' } });
  stack = new ShadowStack(this.tracer);
  #heap = new AddressHeap(this.tracer, this.stack, { name: 'machine' });
  #frame = frameMemo(this.tracer, (code) => code);
  #sizes = new Map();
  #next = 16;
  #program;

  constructor(program) {
    this.#program = program;
  }

  new(size, type) {
    const address = this.#next;
    this.#next += size + 16;
    this.#sizes.set(address, size);
    this.#heap.alloc(address, size, this.tracer.type(type));
    return address;
  }

  delete(address) {
    if (this.#sizes.delete(address)) this.#heap.free(address);
  }

  /** Runs a function: its steps get the machine and its variables. What they throw, unwinds the stack. */
  run(name, variables = {}) {
    const depth = this.stack.depth;
    const code = this.#program[name];
    this.stack.enter(this.#frame(code, code.steps[0][0]));
    try {
      for (const [line, step] of code.steps) {
        this.stack.line(this.#frame(code, line));
        step(this, variables);
      }
    } finally {
      this.stack.unwindTo(depth);
    }
    return variables;
  }

  /** A generator of the guest: each `next()` runs one more step of it, in its own context. */
  generator(name) {
    const code = this.#program[name];
    const context = this.stack.context();
    const variables = {};
    let at = 0;
    return () => {
      const isFirst = at === 0;
      const [line, step] = code.steps[at++];
      this.stack.switchTo(context, 0);
      if (isFirst) this.stack.enter(this.#frame(code, line));
      else this.stack.line(this.#frame(code, line));
      const isLast = at === code.steps.length;
      try {
        return step(this, variables);
      } finally {
        if (isLast) this.stack.drop(context);
        else this.stack.leaveContext();
      }
    };
  }
}

/** Gives a variable of the guest its value. */
const keep = (variables, name, value) => Object.assign(variables, { [name]: value });
const code = (name, steps) => ({ file: 'app.vm', name, steps });

/** A request that fails and cleans up, and a generator whose buffer lives from step to step. */
export const program = {
  request: code('request', [
    [1, (vm, v) => keep(v, 'buffer', vm.new(200, 'buffer'))],
    [
      2,
      (vm, v) =>
        safely(
          () => vm.run('fails'),
          () => keep(v, 'failed', true),
        ),
    ],
    [3, (vm, v) => vm.delete(v.buffer)],
  ]),
  fails: code('fails', [
    [10, (vm, v) => keep(v, 'scratch', vm.new(50, 'scratch'))],
    [11, (vm, v) => vm.delete(v.scratch)],
    [
      12,
      () => {
        throw new Error('no such user');
      },
    ],
  ]),
  leaks: code('leaks', [
    [20, (vm, v) => keep(v, 'scratch', vm.new(50, 'scratch'))],
    [
      21,
      () => {
        throw new Error('no such user');
      },
    ],
  ]),
  numbers: code('numbers', [
    [30, (vm, v) => keep(v, 'window', vm.new(64, 'window'))],
    [31, (vm) => vm.delete(vm.new(8, 'number'))],
    [32, (vm, v) => vm.delete(v.window)],
  ]),
};

export function safely(work, failed = () => undefined) {
  try {
    return work();
  } catch {
    return failed();
  }
}
