import { badPickle } from './bad-pickle.ts';
import { called, newInstance } from './calls.ts';
import { maxPlaces, type PickleMachine } from './machine.ts';
import {
  isTuple,
  PyClass,
  PyDict,
  PyInstance,
  PyList,
  PyOpaque,
  PySet,
  type PyValue,
} from './py-value.ts';
import type { TraceRun } from './trace-store.ts';

/** What an opcode does. */
type Operation = (machine: PickleMachine) => void;

function pushGlobal(machine: PickleMachine, module: PyValue, name: PyValue): void {
  machine.push(new PyClass(`${String(module)}.${String(name)}`));
}

function newObject(machine: PickleMachine): void {
  const args = machine.pop();
  machine.push(newInstance(machine, machine.pop(), args));
}

function newObjectEx(machine: PickleMachine): void {
  machine.pop();
  newObject(machine);
}

/** OBJ: the class, then its arguments, above a mark. */
function classCall(machine: PickleMachine): void {
  const [type, ...args] = machine.popToMark();
  machine.push(called(machine, type ?? null, args));
}

/** INST: the arguments above a mark, the class by name. */
function instance(machine: PickleMachine): void {
  const type = new PyClass(`${machine.line()}.${machine.line()}`);
  machine.push(called(machine, type, machine.popToMark()));
}

function reduce(machine: PickleMachine): void {
  const args = machine.pop();
  const callable = machine.pop();
  if (!isTuple(args)) throw machine.fail('it calls something');
  machine.push(called(machine, callable, args));
}

function build(machine: PickleMachine): void {
  const state = machine.pop();
  const target = machine.top();
  if (target instanceof PyOpaque) return;
  if (!(target instanceof PyInstance && state instanceof PyDict)) {
    throw machine.fail('it sets the state of something that is no snapshot');
  }
  target.state = state;
}

/** @param values become the list's own. */
function append(machine: PickleMachine, values: (PyValue | TraceRun)[]): void {
  const list = machine.top();
  if (list instanceof PyOpaque) return;
  if (!(list instanceof PyList)) throw machine.fail('it appends to something that is no list');
  // A first push would reserve 17 places: much, when a file holds a million lists of one.
  if (list.parts.length === 0) list.parts = values;
  else {
    if (list.parts.length + values.length > maxPlaces) throw machine.tooLong();
    for (const value of values) list.parts.push(value);
  }
}

function setItems(machine: PickleMachine, entries: readonly PyValue[]): void {
  const dict = machine.top();
  if (dict instanceof PyOpaque) return;
  if (!(dict instanceof PyDict) || entries.length % 2 !== 0) {
    throw machine.fail('it sets items of something that is no dict');
  }
  if (dict.entries.length + entries.length > maxPlaces) throw machine.tooLong();
  for (const value of entries) dict.entries.push(value);
}

function addItems(machine: PickleMachine, items: readonly PyValue[]): void {
  const set = machine.top();
  if (set instanceof PyOpaque) return;
  if (!(set instanceof PySet)) throw machine.fail('it adds to something that is no set');
  for (const item of items) set.items.push(item);
}

/** Python's raw-unicode-escape: Latin-1, and `\uXXXX` or `\UXXXXXXXX` for the rest. */
function rawUnicode(machine: PickleMachine, line: string): string {
  return line.replace(/\\u([\da-fA-F]{4})|\\U([\da-fA-F]{8})/g, (_, short, long) => {
    const code = Number.parseInt(short ?? long, 16);
    if (code > 0x10ffff) throw machine.fail('a string is malformed');
    return String.fromCodePoint(code);
  });
}

function intOrBoolean(machine: PickleMachine, line: string): PyValue {
  // `I01` is how protocol 1 and 0 write True.
  if (line === '01' || line === '00') return line === '01';
  return machine.decimal(line);
}

function float(machine: PickleMachine, line: string): number {
  const special = {
    inf: Number.POSITIVE_INFINITY,
    '-inf': Number.NEGATIVE_INFINITY,
    nan: Number.NaN,
  };
  const value = Object.hasOwn(special, line) ? special[line as keyof typeof special] : Number(line);
  if (line.trim() === '' || (Number.isNaN(value) && line !== 'nan')) {
    throw machine.fail('a float is malformed');
  }
  return value;
}

function memoIndex(machine: PickleMachine): number {
  const index = machine.decimal(machine.line());
  if (typeof index !== 'number' || index < 0) throw machine.fail('a memo number is malformed');
  return index;
}

function tuple(machine: PickleMachine, length: number): void {
  const items: PyValue[] = new Array(length);
  for (let index = length - 1; index >= 0; index--) items[index] = machine.pop();
  machine.push(items);
}

function protocol(machine: PickleMachine): void {
  const found = machine.byte();
  if (found <= 5) return;
  const what = `protocol ${found} is not supported: 0 to 5 are`;
  throw badPickle(what, machine.offset, 'unsupported-version', {
    found,
    supported: [0, 1, 2, 3, 4, 5],
  });
}

/** Opcodes by their byte: letters as pickle.py writes them, 0x80 and up by number. */
const table: readonly (readonly [opcode: string | number, run: Operation])[] = [
  [0x80, protocol],
  // A frame only says how much to read ahead.
  [0x95, (m) => void m.uint64()],
  [
    '(',
    (m) => {
      if (!m.traces()) m.mark();
    },
  ],
  ['0', (m) => m.dropTop()],
  ['1', (m) => void m.popToMark()],
  ['2', (m) => m.push(m.top())],
  ['N', (m) => m.push(null)],
  [0x88, (m) => m.push(true)],
  [0x89, (m) => m.push(false)],
  ['I', (m) => m.push(intOrBoolean(m, m.line()))],
  ['J', (m) => m.push(m.int32())],
  ['K', (m) => m.push(m.byte())],
  ['M', (m) => m.push(m.uint16())],
  ['L', (m) => m.push(m.decimal(m.line().replace(/L$/, '')))],
  [0x8a, (m) => m.push(m.longInteger(m.byte()))],
  [0x8b, (m) => m.push(m.longInteger(m.uint32()))],
  ['F', (m) => m.push(float(m, m.line()))],
  ['G', (m) => m.push(m.double())],
  ['V', (m) => m.push(rawUnicode(m, m.line()))],
  ['X', (m) => m.push(m.text(m.uint32()))],
  [0x8c, (m) => m.push(m.text(m.byte()))],
  [0x8d, (m) => m.push(m.text(m.uint64()))],
  ['U', (m) => m.push(m.text(m.byte()))],
  ['T', (m) => m.push(m.text(m.uint32()))],
  ['C', (m) => m.push(m.bytes(m.byte()))],
  ['B', (m) => m.push(m.bytes(m.uint32()))],
  [0x8e, (m) => m.push(m.bytes(m.uint64()))],
  [0x96, (m) => m.push(m.bytes(m.uint64()))],
  [')', (m) => m.push([])],
  [0x85, (m) => tuple(m, 1)],
  [0x86, (m) => tuple(m, 2)],
  [0x87, (m) => tuple(m, 3)],
  ['t', (m) => m.push(m.popToMark())],
  [']', (m) => m.push(new PyList([]))],
  ['l', (m) => m.push(new PyList(m.popToMark()))],
  ['a', (m) => append(m, [m.pop()])],
  ['e', (m) => append(m, m.popPartsToMark())],
  ['}', (m) => m.push(new PyDict())],
  [
    'd',
    (m) => {
      const entries = m.popToMark();
      m.push(new PyDict());
      setItems(m, entries);
    },
  ],
  [
    's',
    (m) => {
      const value = m.pop();
      setItems(m, [m.pop(), value]);
    },
  ],
  ['u', (m) => setItems(m, m.popToMark())],
  [0x8f, (m) => m.push(new PySet([], false))],
  [0x90, (m) => addItems(m, m.popToMark())],
  [0x91, (m) => m.push(new PySet(m.popToMark(), true))],
  ['p', (m) => m.memoPut(memoIndex(m))],
  ['q', (m) => m.memoPut(m.byte())],
  ['r', (m) => m.memoPut(m.uint32())],
  [0x94, (m) => m.memoize()],
  ['g', (m) => m.memoGet(memoIndex(m))],
  ['h', (m) => m.memoGet(m.byte())],
  ['j', (m) => m.memoGet(m.uint32())],
  ['c', (m) => pushGlobal(m, m.line(), m.line())],
  [
    0x93,
    (m) => {
      const name = m.pop();
      pushGlobal(m, m.pop(), name);
    },
  ],
  [0x81, newObject],
  [0x92, newObjectEx],
  ['o', classCall],
  ['i', instance],
  ['R', reduce],
  ['b', build],
];

/** By opcode byte. Opcodes that no pickle of a snapshot needs are not there. */
export const operations: readonly (Operation | undefined)[] = indexByOpcode();

function indexByOpcode(): (Operation | undefined)[] {
  const index = new Array<Operation | undefined>(256).fill(undefined);
  for (const [opcode, run] of table) {
    index[typeof opcode === 'number' ? opcode : opcode.charCodeAt(0)] = run;
  }
  return index;
}
