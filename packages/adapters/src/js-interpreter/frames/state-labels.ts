import type { LabelRow, Tracer } from '@tracemalloc/core';
import { type GuestLabels, LabelSwitch, noLabel } from '../../contract/index.ts';
import type { GuestObject, JsInterpreter, Node, State } from '../host.ts';

/** A label that a call was given, and those that it had before. */
type Given = { readonly row: LabelRow; readonly outer: Given | null };

/**
 * Labels by the interpreter's states: one holds in the call that was given it, or whose function was, and in all that this calls. A task of `setTimeout` has the label of who
 * made it.
 */
export class StateLabels extends LabelSwitch implements GuestLabels {
  readonly #interpreter: JsInterpreter;
  readonly #tracer: Tracer;
  readonly #given = new WeakMap<State, Given>();
  readonly #functions = new WeakMap<GuestObject, LabelRow>();
  /** Of tasks, by what they evaluate. */
  readonly #tasks = new WeakMap<Node, LabelRow>();
  /** Of the task that runs, or ran last. */
  #ofTask: LabelRow = noLabel;
  #isUsed = false;

  constructor(interpreter: JsInterpreter, tracer: Tracer) {
    super(tracer);
    this.#interpreter = interpreter;
    this.#tracer = tracer;
  }

  /** What is allocated next has the label of the newest call that has one. Hot; cost: three look-ups a state, where anybody has ever asked for a label. */
  settle(): void {
    if (!this.#isUsed && this.#tracer.currentLabel === 0) return;
    this.#isUsed = true;
    const states = this.#interpreter.stateStack;
    const first = this.#firstOfTask();
    let found: LabelRow | undefined;
    for (let i = states.length - 1; i >= first && found === undefined; i--) {
      found = this.#labelOf(states[i]!);
    }
    this.use(found ?? (first === 0 ? noLabel : this.#ofTask));
  }

  /** The guest's function that called a native one has the label from now on. */
  push(row: LabelRow): void {
    this.#isUsed = true;
    const caller = this.#caller();
    this.#given.set(caller, { row, outer: this.#given.get(caller) ?? null });
  }

  pop(): void {
    const caller = this.#caller();
    const outer = this.#given.get(caller)?.outer ?? null;
    if (outer === null) this.#given.delete(caller);
    else this.#given.set(caller, outer);
  }

  /** @param callable A function of the guest's, which has the label whenever it runs. */
  labelFunction(callable: unknown, row: LabelRow): boolean {
    this.#isUsed = true;
    this.#functions.set(callable as GuestObject, row);
    return true;
  }

  /** A task is made, by what it evaluates. */
  madeTask(node: Node): void {
    this.settle();
    const { currentLabel } = this.#tracer;
    if (currentLabel !== 0) this.#tasks.set(node, currentLabel);
  }

  /** A task begins, whose function has its own label. */
  beginTask({ node, func_ }: State): void {
    const ofFunction = func_ === undefined ? undefined : this.#functions.get(func_);
    this.#ofTask = ofFunction ?? this.#tasks.get(node) ?? noLabel;
  }

  /** Of a task there is no state but those that it comes to, above that of the program, which is done. */
  #firstOfTask(): number {
    const [program] = this.#interpreter.stateStack;
    return program?.done === true && this.#interpreter.stateStack.length > 1 ? 1 : 0;
  }

  /** `undefined`: ask who called it. */
  #labelOf(state: State): LabelRow | undefined {
    const given = this.#given.get(state);
    if (given !== undefined) return given.row;
    const { func_, doneExec_ } = state;
    return doneExec_ === true && func_ !== undefined ? this.#functions.get(func_) : undefined;
  }

  #caller(): State {
    const states = this.#interpreter.stateStack;
    const first = this.#firstOfTask();
    let i = states.length - 1;
    while (i > first && (states[i]!.doneExec_ !== true || states[i]!.func_?.node === undefined))
      i--;
    return states[i]!;
  }
}
