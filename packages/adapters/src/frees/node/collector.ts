import { inspect } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Token } from '../watcher.ts';
import type { Collector } from '../weak-set-watcher.ts';

/**
 * Full collections and the members of weak sets, both at once and without a command line flag.
 * `null` where one of the two does not work, as in Bun: frees are then seen between turns.
 *
 * Node documents that `util.inspect` shows the members of a WeakSet, and that it calls an object's
 * own `[util.inspect.custom]` for its text: that is how they are listed here.
 */
export function nodeCollector(): Collector | null {
  shared ??= probe();
  return shared === 'unavailable' ? null : shared;
}

let shared: Collector | 'unavailable' | undefined;

function makeCollector(): Collector {
  let members: Token[] = [];
  Object.defineProperty(Token.prototype, inspect.custom, {
    configurable: true,
    value(this: Token): string {
      members.push(this);
      return '';
    },
  });
  const options = { showHidden: true, maxArrayLength: Infinity, depth: 0, breakLength: Infinity };
  const gc = exposeGc();
  return {
    collect: () => gc(),
    collectYoung: () => gc({ type: 'minor' }),
    membersOf(set) {
      inspect(set, options);
      const listed = members;
      // Held here, they would stay alive.
      members = [];
      return listed;
    },
  };
}

type Gc = (options?: { type: 'minor' }) => void;

function exposeGc(): Gc {
  setFlagsFromString('--expose-gc');
  // What V8 makes old from the start, because others of its kind grew old, is not seen dying young.
  setFlagsFromString('--no-allocation-site-pretenuring');
  return runInNewContext('gc') as Gc;
}

/** One member is held, the other is garbage: exactly the first must be listed. */
function probe(): Collector | 'unavailable' {
  try {
    const collector = makeCollector();
    const held = new Token(1, {}, 0);
    const set = new WeakSet([held]);
    addGarbage(set);
    collector.collect();
    const members = collector.membersOf(set);
    return members.length === 1 && members[0] === held ? collector : 'unavailable';
  } catch {
    return 'unavailable';
  }
}

function addGarbage(set: WeakSet<Token>): void {
  for (let i = 0; i < 10; i++) set.add(new Token(2, {}, 0));
}
