import { badPickle } from './bad-pickle.ts';
import { PickleMachine } from './machine.ts';
import { operations } from './operations.ts';
import type { PyValue } from './py-value.ts';

const stop = '.'.charCodeAt(0);

/**
 * Runs a pickle of protocol 0 to 5 as far as a snapshot needs it: literals, containers, and
 * objects of the classes in {@link PyGlobal}, as data.
 * @throws TracemallocError with the opcode's offset.
 */
export function unpickle(bytes: Uint8Array): PyValue {
  const machine = new PickleMachine(bytes);
  for (;;) {
    const opcode = machine.nextOpcode();
    if (opcode === stop) break;
    const run = operations[opcode];
    if (!run) {
      const name = `opcode 0x${opcode.toString(16).padStart(2, '0')}`;
      throw machine.fail(`${name} does not occur in a snapshot's pickle`);
    }
    run(machine);
  }
  const value = machine.pop();
  if (machine.left > 0) {
    const offset = bytes.length - machine.left;
    throw badPickle(`${machine.left} bytes after its end`, offset, 'trailing-data');
  }
  return value;
}
