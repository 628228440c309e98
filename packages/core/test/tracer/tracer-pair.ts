import fc from 'fast-check';
import { expect } from 'vitest';
import { ShadowStack, type Snapshot, Tracer } from '../../src/index.ts';
import { type ModelSite, type ModelTraceback, siteKey, TracerModel } from './tracer-model.ts';

const domainOptions = [
  { name: 'heap', ids: 'address', code: 0 },
  { name: 'bytes', ids: 'address', shift: 0, code: 1 },
  { name: 'pages', ids: 'address', shift: 12, code: 2 },
  { name: 'objects', ids: 'serial', code: 0xffffffff },
] as const;
const walkedDomain = domainOptions.length;
const types = ['', 'list', 'dict'];
const labels = ['', 'GET /', 'POST /'];
const frameCount = 5;

/** Dense and sparse, aligned and not, on both sides of 2^32. */
const ids = [0, 8, 16, 17, 24, 4096, 8192, 2 ** 24, 2 ** 31, 2 ** 32 - 8, 2 ** 32, 2 ** 40 + 8];
ids.push(2 ** 52, Number.MAX_SAFE_INTEGER);
const sizes = [0, 1, 24, 100, 2 ** 31, 2 ** 32 - 2, 2 ** 32 - 1, 2 ** 32, 2 ** 40];
sizes.push(2 ** 52, Number.MAX_SAFE_INTEGER);

const domain = fc.nat(domainOptions.length - 1);
const id = fc.constantFrom(...ids);
const size = fc.oneof({ weight: 3, arbitrary: fc.nat(300) }, fc.constantFrom(...sizes));
const type = fc.nat(types.length - 1);
const frame = fc.nat(frameCount - 1);
/** Frames of a pulled stack and how many more there were; `null`: take the pushed stack. */
const stack = fc.option(fc.tuple(fc.array(frame, { maxLength: 6 }), fc.nat(3)), { freq: 2 });

const resumer = fc.constantFrom<Resumer[]>('running', 'nobody', 'as before');

export const operation = fc.oneof(
  { weight: 12, arbitrary: fc.tuple(fc.constant('alloc'), domain, id, size, stack, type) },
  { weight: 4, arbitrary: fc.tuple(fc.constant('realloc'), domain, id, id, size, stack, type) },
  { weight: 4, arbitrary: fc.tuple(fc.constant('resize'), domain, id, size) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('retag'), domain, id, stack, type) },
  { weight: 8, arbitrary: fc.tuple(fc.constant('free'), domain, id) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('birth'), size, stack, type) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('death'), fc.nat(5)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('freeAll'), domain) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('gcBegin'), domain) },
  { weight: 4, arbitrary: fc.tuple(fc.constant('survive'), domain, id, id) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('gcEnd'), domain) },
  { weight: 6, arbitrary: fc.tuple(fc.constant('enter'), frame) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('line'), frame) },
  { weight: 4, arbitrary: fc.tuple(fc.constant('leave')) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('unwindTo'), fc.integer({ min: -1, max: 5 })) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('label'), fc.nat(labels.length - 1)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('context')) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('switchTo'), fc.nat(3), resumer) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('check')) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('resetPeak', 'clear', 'stop')) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('start'), fc.integer({ min: 1, max: 5 })) },
);

type Stack = [frames: number[], more: number] | null;
export type Operation = [name: string, ...args: unknown[]];
export type WalkedObject = {
  size: number;
  row: number;
  traceback: ModelTraceback;
  type: number;
  label: string;
};
/** Who waits for a context that is switched to. */
type Resumer = 'running' | 'nobody' | 'as before';
type ModelContext = { frames: number[]; resumedBy: ModelContext | null; label: string };

/** A tracer and its model, driven by the same operations. */
export class Pair {
  readonly tracer = new Tracer();
  readonly model: TracerModel;
  readonly shadow = new ShadowStack(this.tracer);
  readonly frames: number[] = [];
  readonly typeRows = types.map((name) => this.tracer.type(name));
  readonly labelRows = labels.map((name) => this.tracer.label(name));
  readonly contexts: ModelContext[] = [{ frames: [], resumedBy: null, label: '' }];
  running: ModelContext = this.contexts[0]!;
  objects: WalkedObject[] = [];
  /** What traceback rows are. */
  readonly captured = new Map<number, ModelTraceback>();

  constructor() {
    const codes = domainOptions.map((options) => {
      return { row: this.tracer.domain(options), code: options.code };
    });
    const walked = this.tracer.domain({
      name: 'walked',
      ids: 'walked',
      code: 7,
      liveSet: (emit) => {
        for (const one of this.objects) {
          emit(one.size, one.row, this.typeRows[one.type]!, this.tracer.label(one.label));
        }
      },
    });
    this.model = new TracerModel([...codes, { row: walked, code: 7 }]);
    for (let i = 0; i < frameCount; i++) {
      this.frames.push(this.tracer.frame(this.tracer.string(`${'abc'[i % 3]}.py`), i + 1));
    }
    this.run(['start', 3]);
  }

  run([name, ...args]: Operation): void {
    const numbers = args as number[];
    const [a, b, c, d] = numbers as [number, number, number, number];
    switch (name) {
      case 'alloc': {
        const { row, traceback } = this.capture(args[3] as Stack);
        this.tracer.alloc(a, b, c, row, this.typeRows[numbers[4]!]!);
        this.model.alloc(a, b, c, traceback, types[numbers[4]!]!);
        return;
      }
      case 'realloc': {
        const { row, traceback } = this.capture(args[4] as Stack);
        this.tracer.realloc(a, b, c, d, row, this.typeRows[numbers[5]!]!);
        this.model.realloc(a, b, c, d, traceback, types[numbers[5]!]!);
        return;
      }
      case 'retag': {
        const { row, traceback } = this.capture(args[2] as Stack);
        this.tracer.retag(a, b, row, this.typeRows[d]!);
        this.model.retag(a, b, traceback, types[d]!);
        return;
      }
      case 'birth': {
        const captured = this.capture(args[1] as Stack);
        this.tracer.countAllocated(walkedDomain, a, captured.row, this.typeRows[c]!);
        this.model.countAllocated(walkedDomain, a, captured.traceback, types[c]!);
        if (this.model.on)
          this.objects.push({ size: a, type: c, label: this.model.label, ...captured });
        return;
      }
      case 'death':
        this.objects.splice(a, 1);
        return;
      case 'label':
        this.tracer.setLabel(this.labelRows[a]!);
        this.model.label = labels[a]!;
        return;
      case 'check':
        this.check();
        return;
      case 'resize':
      case 'free':
      case 'freeAll':
      case 'gcBegin':
      case 'survive':
      case 'gcEnd':
        (this.tracer[name] as (...rest: number[]) => void)(...numbers);
        (this.model[name] as (...rest: number[]) => void).apply(this.model, numbers);
        return;
      default:
        this.runControl(name, a);
        this.runStack(name, a, args[1]);
    }
  }

  runControl(name: string, value: number): void {
    if (name === 'start') {
      this.tracer.start(value);
      this.model.start(value);
    } else if (name === 'resetPeak') {
      this.walk();
      this.tracer.resetPeak();
      this.model.resetPeak();
    } else if (name === 'clear' || name === 'stop') {
      if (name === 'stop') this.tracer.stop();
      else this.tracer.clearTraces();
      if (name === 'stop') this.model.stop();
      else if (this.model.on) this.model.clear();
      if (name === 'stop' || this.model.on) this.objects = [];
    }
  }

  runStack(name: string, value: number, flag: unknown): void {
    const { frames } = this.running;
    if (name === 'enter') {
      this.shadow.enter(this.frames[value]!);
      frames.push(value);
    } else if (name === 'line') {
      this.shadow.line(this.frames[value]!);
      if (frames.length > 0) frames[frames.length - 1] = value;
    } else if (name === 'leave') {
      this.shadow.leave();
      frames.pop();
    } else if (name === 'unwindTo') {
      this.shadow.unwindTo(value);
      if (value >= 0) frames.splice(value);
    } else if (name === 'context' && this.contexts.length < 4) {
      expect(this.shadow.context()).toBe(this.contexts.length);
      this.contexts.push({ frames: [], resumedBy: null, label: this.model.label });
    } else if (name === 'switchTo' && value < this.contexts.length) {
      this.switchTo(this.contexts[value]!, flag as Resumer);
    }
  }

  switchTo(next: ModelContext, resumer: Resumer): void {
    const { running } = this;
    const by = { running, nobody: null, 'as before': next.resumedBy }[resumer];
    // A coroutine that resumes itself, also through others, is no program's doing.
    for (let one = by; one !== null; one = one.resumedBy) if (one === next) return;
    const number = this.contexts.indexOf(next);
    if (resumer === 'as before') this.shadow.switchTo(number);
    else this.shadow.switchTo(number, by && this.contexts.indexOf(by));
    next.resumedBy = by;
    if (next !== running && running.resumedBy === next) running.resumedBy = null;
    running.label = this.model.label;
    this.model.label = next.label;
    this.running = next;
  }

  capture(stack: Stack): { row: number; traceback: ModelTraceback } {
    const frames = stack === null ? this.pushed() : stack[0];
    const total = frames.length + (stack === null ? 0 : stack[1]);
    let row: number;
    if (stack === null) {
      row = this.shadow.traceback();
    } else {
      const kept = Math.min(frames.length, this.tracer.nframe);
      for (let i = 0; i < kept; i++) this.tracer.stack[i] = this.frames[frames[i]!]!;
      row = this.tracer.capture(kept, total);
    }
    const limited = { frames: frames.slice(0, this.tracer.nframe), total };
    const traceback = frames.length === 0 ? { frames: [-1], total: 1 } : limited;
    this.captured.set(row, traceback);
    return { row, traceback };
  }

  /** The row of an object's traceback. */
  rowOf({ traceback: { frames, total } }: WalkedObject): number {
    if (frames[0] === -1) return 0;
    for (const [i, one] of frames.entries()) this.tracer.stack[i] = this.frames[one]!;
    return this.tracer.capture(frames.length, total);
  }

  /** The pushed stack, most recent first. */
  pushed(): number[] {
    const oldestFirst: number[] = [];
    for (let one: ModelContext | null = this.running; one !== null; one = one.resumedBy) {
      oldestFirst.unshift(...one.frames);
    }
    return oldestFirst.reverse();
  }

  walk(): void {
    const objects = this.objects.map((one) => ({ ...one, type: types[one.type]! }));
    this.model.walk(walkedDomain, objects);
  }

  check(): void {
    const { tracer, model } = this;
    this.walk();
    expect(tracer.isTracing()).toBe(model.on);
    expect(tracer.getTracedMemory()).toEqual({ current: model.current, peak: model.peak });
    expect(tracer.rejected).toMatchObject(model.rejected);
    if (!model.on) return;
    // Each walk counts what it cuts.
    this.walk();
    const snapshot = tracer.takeSnapshot();
    expect(tracesOf(snapshot)).toEqual(model.traces());
    expect(sitesOf(snapshot)).toEqual(model.sites());
    for (const [row, { code }] of domainOptions.entries()) {
      for (const one of ids) {
        const found = tracer.getTraceback(code, one)?.frames.map(({ lineno }) => lineno - 1);
        const site = model.siteOf(row, one);
        const frames = site === undefined ? undefined : (JSON.parse(site)[0] as number[]);
        expect(found?.reverse()).toEqual(frames);
      }
    }
  }
}

/** The key of a site of a snapshot as the model spells it: frame i stands on line i + 1. */
function keyOf(snapshot: Snapshot, site: number): string {
  const { sites, tracebacks, frames, strings } = snapshot.data;
  const [type, label] = [strings[sites.type[site]!]!, strings[sites.label[site]!]!];
  const row = sites.traceback[site]!;
  const rows = tracebacks.frame.slice(tracebacks.offset[row]!, tracebacks.offset[row + 1]!);
  const traceback = {
    frames: Array.from(rows, (one) => frames.line[one]! - 1),
    total: tracebacks.totalNframe[row]!,
  };
  return siteKey(traceback, sites.domain[site]!, type, label);
}

export function tracesOf(snapshot: Snapshot): string[] {
  const { size, site, length } = snapshot.data.traces;
  const texts: string[] = [];
  for (let i = 0; i < length; i++) texts.push(`${size[i]} ${keyOf(snapshot, site[i]!)}`);
  return texts.sort();
}

export function sitesOf(snapshot: Snapshot): Map<string, ModelSite> {
  const { sites } = snapshot.data;
  const found = new Map<string, ModelSite>();
  for (let site = 0; site < sites.length; site++) {
    const counters: ModelSite = {
      liveSize: sites.liveSize[site]!,
      liveCount: sites.liveCount[site]!,
      peakSize: sites.peakSize?.[site] ?? 0,
      peakCount: sites.peakCount?.[site] ?? 0,
      totalSize: sites.totalSize?.[site] ?? 0,
      totalCount: sites.totalCount?.[site] ?? 0,
      temporarySize: sites.temporarySize?.[site] ?? 0,
      temporaryCount: sites.temporaryCount?.[site] ?? 0,
    };
    // A site at which nothing ever happened is one that only a retagged block had.
    if (Object.values(counters).some((value) => value !== 0)) {
      found.set(keyOf(snapshot, site), counters);
    }
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}
