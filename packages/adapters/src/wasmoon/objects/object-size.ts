import { objectTag } from './heap-layout.ts';
import type { Address, LuaMemory } from './lua-memory.ts';

/** Bytes of all blocks of an object, as Lua asks its allocator for them. */
export function objectSize(memory: LuaMemory, object: Address): number {
  const { string, closure, upvalue } = memory.layout.heap;
  const valueSize = memory.layout.value.size;
  switch (memory.tagOf(object)) {
    case objectTag.shortString:
    case objectTag.longString:
      return string.text + memory.lengthOfString(object) + 1;
    case objectTag.table:
      return tableSize(memory, object);
    case objectTag.luaFunction:
      return closure.first + memory.byte(object + closure.count) * 4;
    case objectTag.cFunction:
      return closure.first + memory.byte(object + closure.count) * valueSize;
    case objectTag.upvalue:
      return upvalue.size;
    case objectTag.userdata:
      return userdataSize(memory, object);
    case objectTag.thread:
      return threadSize(memory, object);
    case objectTag.proto:
      return protoSize(memory, object);
    default:
      return 0;
  }
}

function tableSize(memory: LuaMemory, table: Address): number {
  const { table: of, node } = memory.layout.heap;
  const array = memory.arraySizeOf(table) * memory.layout.value.size;
  const nodes = memory.nodesOf(table);
  // Tables without keys share one empty node, which is no block.
  const isShared = nodes === 1 && memory.int(table + of.lastFree) === 0;
  return of.size + array + (isShared ? 0 : nodes * node.size);
}

function userdataSize(memory: LuaMemory, userdata: Address): number {
  const { count, length, bare, first } = memory.layout.heap.userdata;
  const values = memory.short(userdata + count);
  const bytes = memory.int(userdata + length) >>> 0;
  return bytes + (values === 0 ? bare : first + values * memory.layout.value.size);
}

function threadSize(memory: LuaMemory, thread: Address): number {
  const { heap, thread: at, value, call } = memory.layout;
  const stack = memory.int(thread + at.stack);
  if (stack === 0) return heap.thread.size;
  const places =
    (memory.int(thread + heap.thread.stackLast) - stack) / value.size + heap.extraStack;
  // Without the first one, which is a part of the thread.
  const calls = memory.short(thread + heap.thread.calls);
  return heap.thread.size + places * value.size + calls * call.size;
}

function protoSize(memory: LuaMemory, proto: Address): number {
  const { proto: of, upvalueName, local } = memory.layout.heap;
  const bytes = (offset: number, size: number): number => memory.count(proto + offset, size) * size;
  return (
    of.size +
    bytes(of.constantCount, memory.layout.value.size) +
    bytes(of.codeCount, 4) +
    bytes(of.protoCount, 4) +
    bytes(of.upvalueCount, upvalueName.size) +
    bytes(of.lineCount, 1) +
    bytes(of.absoluteLineCount, 8) +
    bytes(of.localCount, local.size)
  );
}
