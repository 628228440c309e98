import type { LabelRow, Tracer } from '@tracemalloc/core';
import { LabelSwitch, noLabel } from '../../contract/index.ts';
import type { Address, Memory, PyodideModule } from '../host.ts';
import type { Layout } from '../layout.ts';
import { GuestText } from './guest-text.ts';
import { firstOwnerWithoutCode, type RunningFrame } from './running-frame.ts';

type ContextApi = PyodideModule & {
  _PyContextVar_New(name: Address, fallback: Address): Address;
  _PyContextVar_Get(variable: Address, fallback: Address, value: Address): number;
  _PyContextVar_Set(variable: Address, value: Address): Address;
  _PyLong_FromLong(value: number): Address;
  _PyLong_AsLong(object: Address): number;
  _PyObject_GetAttrString(object: Address, name: Address): Address;
};

/** A label that a frame was given, and those that it had before. */
type Given = {
  readonly row: LabelRow;
  /** What it runs: its place may be another frame's later. */
  readonly code: Address;
  /** Of the frame's context, where tasks and callbacks that are made there have it, too. */
  readonly inContext: LabelRow | null;
  readonly outer: Given | null;
};

/** CPython's flags of code that makes generators: whoever resumes one is in its context. */
const generatorFlags = 0x20 | 0x200;
/** Manages a frame's context for its caller, such as `ExitStack` and what `contextmanager` makes. */
const managerFile = /(?:^|\/)contextlib\.py$/;

/**
 * Labels by frames: one holds in the frame that was given it and in all that this calls, so that a coroutine has it again after each
 * `await`, a generator whenever it runs, and nobody else. Tasks and callbacks run with no such frame below them: theirs is in a context variable,
 * which CPython copies for them.
 */
export class FrameLabels extends LabelSwitch {
  readonly #memory: Memory;
  readonly #layout: Layout;
  readonly #running: RunningFrame;
  readonly #text: GuestText;
  readonly #api: ContextApi;
  readonly #given = new Map<Address, Given>();
  /** Called before the guest's first label: from then on {@link settle} has to be called before each event. */
  onUse: () => void = () => undefined;
  #isUsed = false;
  /** `co_flags`; 0: not asked for yet. */
  #flagsName: Address = 0;
  /** The context variable; 0: there is none yet. */
  #variable: Address = 0;
  /** Where CPython puts what the variable has. */
  #value: Address = 0;

  constructor(tracer: Tracer, memory: Memory, layout: Layout, running: RunningFrame) {
    super(tracer);
    this.#memory = memory;
    this.#layout = layout;
    this.#running = running;
    this.#text = new GuestText(memory.module);
    this.#api = memory.module as ContextApi;
  }

  /** What is allocated next has the label of the newest frame that has one, or else of the context. Hot; cost: three loads a frame, where the guest has ever asked for a label. */
  settle(): void {
    if (!this.#isUsed) return;
    let found = noLabel;
    let frame = this.#given.size === 0 ? 0 : this.#withCode(this.#running.find());
    while (frame !== 0 && found === noLabel) {
      const given = this.#given.get(frame);
      if (given !== undefined && given.code === this.#code(frame)) found = given.row;
      else frame = this.#caller(frame);
    }
    this.use(found === noLabel ? this.#ofContext() : found);
  }

  push(row: LabelRow): void {
    if (!this.#isUsed) this.onUse();
    this.#isUsed = true;
    const frame = this.#labelled();
    const code = this.#code(frame);
    const before = this.#given.get(frame);
    const outer = before?.code === code ? before : null;
    const inContext = this.#isGenerator(code) ? null : this.#ofContext();
    this.#given.set(frame, { row, code, inContext, outer });
    if (inContext !== null) this.#setContext(row);
  }

  pop(): void {
    const frame = this.#labelled();
    const given = this.#given.get(frame);
    if (given === undefined) return;
    if (given.inContext !== null) this.#setContext(given.inContext);
    if (given.outer === null) this.#given.delete(frame);
    else this.#given.set(frame, given.outer);
  }

  /**
   * The frame that called a function of the guest's module. One that runs for a context manager labels whoever enters that.
   */
  #labelled(): Address {
    this.#memory.refresh();
    // The first is the module's own function.
    let labelled = this.#caller(this.#withCode(this.#running.find()));
    for (;;) {
      let above = this.#isManager(labelled) ? labelled : this.#caller(labelled);
      if (above === 0 || !this.#isManager(above)) return labelled;
      while (above !== 0 && this.#isManager(above)) above = this.#caller(above);
      if (above === 0) return labelled;
      labelled = above;
    }
  }

  #caller(frame: Address): Address {
    return frame === 0 ? 0 : this.#withCode(this.#memory.word(frame + this.#layout.frame.previous));
  }

  #withCode(newest: Address): Address {
    const { owner, previous } = this.#layout.frame;
    let frame = newest;
    while (frame !== 0 && this.#memory.u8[(frame + owner) >>> 0]! >= firstOwnerWithoutCode) {
      frame = this.#memory.word(frame + previous);
    }
    return frame;
  }

  #code(frame: Address): Address {
    return frame === 0 ? 0 : this.#memory.word(frame + this.#layout.frame.executable) & ~3;
  }

  #isManager(frame: Address): boolean {
    if (frame === 0) return false;
    const name = this.#memory.word(this.#code(frame) + this.#layout.code.filename);
    return managerFile.test(this.#text.ofStr(name));
  }

  #isGenerator(code: Address): boolean {
    const { _PyObject_GetAttrString: get, _PyLong_AsLong: numberOf, _Py_DecRef: drop } = this.#api;
    if (this.#flagsName === 0) this.#flagsName = this.#api.stringToNewUTF8('co_flags');
    const flags = code === 0 ? 0 : get(code, this.#flagsName);
    if (flags === 0) return false;
    const bits = numberOf(flags);
    drop(flags);
    return (bits & generatorFlags) !== 0;
  }

  #ofContext(): LabelRow {
    if (this.#variable === 0) return noLabel;
    const { _PyContextVar_Get: get, _PyLong_AsLong: numberOf, _Py_DecRef: drop } = this.#api;
    get(this.#variable, 0, this.#value);
    this.#memory.refresh();
    const value = this.#memory.word(this.#value);
    if (value === 0) return noLabel;
    const row = numberOf(value);
    drop(value);
    return row;
  }

  #setContext(row: LabelRow): void {
    const api = this.#api;
    if (this.#variable === 0) {
      this.#value = api._PyMem_RawMalloc(4);
      this.#variable = api._PyContextVar_New(api.stringToNewUTF8('tracemalloc_label'), 0);
    }
    const value = api._PyLong_FromLong(row);
    const token = api._PyContextVar_Set(this.#variable, value);
    for (const object of [token, value]) api._Py_DecRef(object);
  }
}
