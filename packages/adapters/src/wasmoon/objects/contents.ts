import type { EdgeKind } from '@tracemalloc/core/graph';
import { callsC } from '../layout.ts';
import { objectTag, plainTag } from './heap-layout.ts';
import type { Address, LuaMemory } from './lua-memory.ts';

/** Told of each object in each place that holds it. */
export type Visit = (object: Address, kind: EdgeKind, name: string | number) => void;

/** A call of a thread's. */
export type ReturnedCall = { readonly thread: Address; readonly call: Address };

/** What a value is called that no name of the program's stands for. */
export const temporary = '(temporary)';

/** More calls than any stack of Lua's has. */
const maxCalls = 1_000_000;

/** What the objects of a Lua state hold, place by place, with the names that Lua has for the places. */
export class Contents {
  readonly #memory: LuaMemory;
  /** Which metatables say that keys or values are held weakly. */
  readonly #modes = new Map<Address, string>();
  /** A call that has returned, whose variables somebody made live on. */
  #returned: ReturnedCall | null = null;

  constructor(memory: LuaMemory) {
    this.#memory = memory;
  }

  /** Another walk begins. */
  reset(returned: ReturnedCall | null): void {
    this.#modes.clear();
    this.#returned = returned;
  }

  /** All that an object holds itself. @param isModule whether it is a table of globals. */
  visit(object: Address, isModule: boolean, visit: Visit): void {
    const memory = this.#memory;
    switch (memory.tagOf(object)) {
      case objectTag.table:
        this.#visitTable(object, isModule, visit);
        break;
      case objectTag.luaFunction:
        this.#visitFunction(object, visit);
        break;
      case objectTag.cFunction: {
        const { closure } = memory.layout.heap;
        const count = memory.byte(object + closure.count);
        this.#visitValues(object + closure.first, count, 'cell', visit);
        break;
      }
      case objectTag.userdata: {
        const { userdata } = memory.layout.heap;
        const count = memory.short(object + userdata.count);
        this.#visitValues(object + userdata.first, count, 'item', visit);
        this.#visitMetatable(object, visit);
        break;
      }
      case objectTag.thread:
        this.visitCalls(object, (call) => visit(call, 'other', 'call'));
        break;
      case objectTag.proto:
        this.#visitProto(object, visit);
        break;
      default: // Strings hold nothing, and what an upvalue holds is told of its functions.
    }
  }

  /** The calls of a thread, oldest first; the last one is the one that runs, or waits. */
  visitCalls(thread: Address, visit: (call: Address) => void): void {
    const memory = this.#memory;
    const { thread: at, call: of, heap } = memory.layout;
    if (memory.int(thread + at.stack) === 0) return;
    const last = this.#lastCall(thread);
    let call = thread + heap.thread.firstCall;
    for (let i = 0; call !== 0 && i < maxCalls; i++) {
      visit(call);
      if (call === last) return;
      call = memory.int(call + of.next);
    }
  }

  #lastCall(thread: Address): Address {
    if (this.#returned?.thread === thread) return this.#returned.call;
    return this.#memory.int(thread + this.#memory.layout.thread.call);
  }

  /** Variables and temporary values of a call. @param thread that it is of. */
  visitCall(call: Address, thread: Address, visit: Visit): void {
    const memory = this.#memory;
    const { call: of, thread: at, value, heap } = memory.layout;
    const func = this.#placeOf(call, thread);
    const isLast = call === this.#lastCall(thread);
    const end = memory.int(isLast ? thread + at.top : memory.int(call + of.next) + of.func);
    const limit = memory.int(thread + heap.thread.stackLast) + heap.extraStack * value.size;
    if (func < memory.int(thread + at.stack) || end > limit) {
      throw new RangeError('a call of Lua lies outside its stack');
    }
    const closure = memory.objectAt(func);
    if (closure !== 0) visit(closure, 'other', 'function');
    const names = this.#namesIn(call, closure);
    let place = 0;
    for (let slot = func + value.size; slot < end; slot += value.size) {
      const object = memory.objectAt(slot);
      if (object !== 0) visit(object, 'local', names[place] ?? temporary);
      place++;
    }
  }

  /** Where the function of a call lies on the stack; its variables come after it. */
  #placeOf(call: Address, thread: Address): Address {
    const memory = this.#memory;
    const { call: of, luaClosure, heap, value } = memory.layout;
    const place = memory.int(call + of.func);
    const closure = memory.objectAt(place);
    const isReturned = this.#returned?.call === call && this.#returned.thread === thread;
    if (!isReturned || closure === 0) return place;
    const proto = memory.int(closure + luaClosure.proto);
    if (memory.byte(proto + heap.proto.isVariadic) === 0) return place;
    // Lua copies the function above its extra arguments, and forgets that when it returns.
    const extra = memory.int(call + heap.call.extraArguments);
    return place + (extra + memory.byte(proto + heap.proto.parameters) + 1) * value.size;
  }

  /** The function of a call: an object, or 0 for one of C's that is none. */
  functionOf(call: Address): Address {
    return this.#memory.objectAt(this.#memory.int(call + this.#memory.layout.call.func));
  }

  /** By place on the stack: the variable that is there at this moment. */
  #namesIn(call: Address, closure: Address): string[] {
    const memory = this.#memory;
    const { call: of, luaClosure, proto: code, heap } = memory.layout;
    const isOfC = (memory.short(call + of.status) & callsC) !== 0;
    if (isOfC || closure === 0 || memory.tagOf(closure) !== objectTag.luaFunction) return [];
    const proto = memory.int(closure + luaClosure.proto);
    const first = memory.int(proto + code.code);
    const instruction = (memory.int(call + of.savedPc) - first) / 4 - 1;
    const locals = memory.int(proto + heap.proto.locals);
    const names: string[] = [];
    const count = memory.count(proto + heap.proto.localCount, heap.local.size);
    for (let i = 0; i < count; i++) {
      const at = locals + i * heap.local.size;
      if (memory.int(at + heap.local.start) > instruction) break;
      if (instruction < memory.int(at + heap.local.end)) names.push(memory.textOf(memory.int(at)));
    }
    return names;
  }

  #visitTable(table: Address, isModule: boolean, visit: Visit): void {
    const memory = this.#memory;
    const { table: of } = memory.layout.heap;
    const { size } = memory.layout.value;
    const mode = this.#modeOf(memory.metatableOf(table));
    const isWeak = (object: Address, letter: string): boolean =>
      mode.includes(letter) && !memory.isString(object);
    const items = memory.int(table + of.array);
    const length = memory.arraySizeOf(table);
    for (let i = 0; i < length; i++) {
      const object = memory.objectAt(items + i * size);
      if (object !== 0 && !isWeak(object, 'v')) visit(object, 'item', i + 1);
    }
    memory.visitNodes(table, (at, key, tag) => {
      const object = memory.objectAt(at);
      if (object !== 0 && !isWeak(object, 'v')) this.#visitField(object, key, tag, isModule, visit);
      const asKey = memory.objectOf(key, tag);
      if (asKey !== 0 && !isWeak(asKey, 'k')) visit(asKey, 'dict key', '');
    });
    this.#visitMetatable(table, visit);
  }

  #visitField(object: Address, key: Address, tag: number, isModule: boolean, visit: Visit): void {
    const memory = this.#memory;
    const asKey = memory.objectOf(key, tag);
    if (asKey !== 0 && memory.isString(asKey)) {
      const name = memory.textOf(asKey);
      const kind = isModule ? 'global' : 'attribute';
      if (isName.test(name)) visit(object, kind, name);
      else visit(object, 'key', quoted(name));
    } else if (asKey !== 0) visit(object, 'key', `<${typeNameOf(memory, asKey)}>`);
    else if (tag === plainTag.integer) {
      const number = Number(memory.integerAt(key));
      visit(object, 'item', number);
    } else if (tag === plainTag.float) visit(object, 'key', String(memory.floatAt(key)));
    else if (tag === plainTag.yes || tag === plainTag.no) {
      visit(object, 'key', String(tag === plainTag.yes));
    } else visit(object, 'key', '<userdata>');
  }

  #visitMetatable(object: Address, visit: Visit): void {
    const metatable = this.#memory.metatableOf(object);
    if (metatable !== 0) visit(metatable, 'class', 'metatable');
  }

  /** `k`, `v`, both or nothing: what `__mode` says. */
  #modeOf(metatable: Address): string {
    if (metatable === 0) return '';
    let mode = this.#modes.get(metatable);
    if (mode === undefined) {
      const found = this.#memory.fieldOf(metatable, '__mode');
      mode = found !== 0 && this.#memory.isString(found) ? this.#memory.textOf(found) : '';
      this.#modes.set(metatable, mode);
    }
    return mode;
  }

  #visitFunction(closure: Address, visit: Visit): void {
    const memory = this.#memory;
    const { closure: of, upvalue, proto: code, upvalueName } = memory.layout.heap;
    const proto = memory.int(closure + memory.layout.luaClosure.proto);
    if (proto === 0) return;
    const count = memory.byte(closure + of.count);
    const names = memory.int(proto + code.upvalues);
    for (let i = 0; i < count; i++) {
      const shared = memory.int(closure + of.first + i * 4);
      if (shared === 0) continue;
      const name = memory.textOf(memory.int(names + i * upvalueName.size)) || '?';
      const object = memory.objectAt(memory.int(shared + upvalue.value));
      if (object !== 0) visit(object, 'cell', name);
      visit(shared, 'other', `place of ${name}`);
    }
    visit(proto, 'other', 'code');
  }

  #visitProto(proto: Address, visit: Visit): void {
    const memory = this.#memory;
    const { proto: of, upvalueName, local } = memory.layout.heap;
    const { size } = memory.layout.value;
    const constants = memory.count(proto + of.constantCount, size);
    this.#visitValues(memory.int(proto + of.constants), constants, 'other', visit);
    const objects = (offset: number, countAt: number, step: number, name: string): void => {
      const first = memory.int(proto + offset);
      const count = memory.count(proto + countAt, step);
      for (let i = 0; i < count; i++) {
        const object = memory.int(first + i * step);
        if (object !== 0) visit(object, 'other', name);
      }
    };
    objects(of.protos, of.protoCount, 4, 'function within');
    objects(of.upvalues, of.upvalueCount, upvalueName.size, 'name');
    objects(of.locals, of.localCount, local.size, 'name');
    const source = memory.int(proto + of.source);
    if (source !== 0) visit(source, 'other', 'source');
  }

  #visitValues(first: Address, count: number, kind: EdgeKind, visit: Visit): void {
    const { size } = this.#memory.layout.value;
    for (let i = 0; i < count; i++) {
      const object = this.#memory.objectAt(first + i * size);
      if (object !== 0) visit(object, kind, kind === 'other' ? 'constant' : i + 1);
    }
  }
}

const isName = /^[A-Za-z_][A-Za-z0-9_]*$/;

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

/** The names of Lua's types, and those of what programs never see as a value. */
const names: ReadonlyMap<number, string> = new Map([
  [objectTag.shortString, 'string'],
  [objectTag.longString, 'string'],
  [objectTag.table, 'table'],
  [objectTag.luaFunction, 'function'],
  [objectTag.cFunction, 'function'],
  [objectTag.userdata, 'userdata'],
  [objectTag.thread, 'thread'],
  [objectTag.upvalue, 'upvalue'],
  [objectTag.proto, 'proto'],
]);

/** The type of an object, as traces have it: `table`, `function`, `proto`. */
export function typeNameOf(memory: LuaMemory, object: Address): string {
  return names.get(memory.tagOf(object)) ?? '';
}
