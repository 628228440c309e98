import type { Heap, HeapObject, RootKind } from '@tracemalloc/core/graph';
import type { Token, Watcher } from '../../frees/watcher.ts';
import { cpythonPrimitive } from '../../python/sizes/cpython-rules.ts';
import type { ProgramText } from '../code/program-text.ts';
import type {
  BrythonInternals,
  FrameCell,
  GuestClass,
  GuestFrame,
  GuestObject,
  PlainValue,
} from '../host.ts';
import type { GuestLayout } from '../sizes/layout.ts';
import { Contents, ownDict } from './contents.ts';
import { longText } from './texts.ts';
import { typeName } from './type-name.ts';

/** What a heap asks of the table of objects. */
type RecordedObjects = {
  /** The block of an object, or −1 when it is not recorded. */
  slotOf(object: unknown): number;
  /** The blocks that it has beside it. */
  partsOf(slot: number): readonly number[];
  readonly values: { slotOf(value: PlainValue): number };
  readonly watcher: Watcher;
};

type HeapParts = {
  readonly text: ProgramText;
  readonly recorded: RecordedObjects;
};

/**
 * The heap of one Brython: guest objects, frames, and strs and ints, which have no identity in
 * JavaScript, so that equal ones are one object. Only one that somebody saw being made is an object;
 * others count as part of what holds them.
 */
export function guestHeap(
  $B: BrythonInternals,
  layout: GuestLayout,
  { text, recorded }: HeapParts,
): Heap {
  const contents = new Contents($B, layout);
  const isObject = (value: unknown): value is GuestObject =>
    (typeof value === 'object' && value !== null) || typeof value === 'function';
  const isNode = (value: unknown): boolean => {
    if (isValue(value)) return recorded.values.slotOf(value) >= 0;
    return (
      isObject(value) && (recorded.slotOf(value) >= 0 || isOfGuest($B, layout, contents, value))
    );
  };
  const names = new WeakMap<GuestClass, string>();
  const typeOf = (object: GuestObject): string => {
    const guestClass = layout.classOf(object);
    if (guestClass === undefined) return '';
    let name = names.get(guestClass);
    if (name === undefined) {
      name = typeName($B, guestClass, text);
      names.set(guestClass, name);
    }
    return name;
  };
  return {
    roots(root) {
      for (const [name, module] of Object.entries($B.imported)) {
        if (isObject(module)) root(module, 'module', name);
      }
      visitFrames($B.frame_obj, root);
    },
    // Long strs that are as long as each other share a block, and are not equal.
    numberOf(object) {
      if (!isValue(object)) return recorded.slotOf(object);
      const isLong = typeof object === 'string' && object.length > longText;
      return isLong ? -1 : recorded.values.slotOf(object);
    },
    describe(object) {
      if (isValue(object)) return valueObject(object, recorded.values.slotOf(object));
      const guest = object as GuestObject;
      const block = recorded.slotOf(guest);
      if (block >= 0) return { type: typeOf(guest), block, parts: recorded.partsOf(block) };
      if (contents.isFrame(guest)) return { type: 'frame', size: 0, hidden: true };
      return { type: typeOf(guest), size: 0 };
    },
    held(object, edge) {
      if (isValue(object)) return;
      contents.visit(object as GuestObject, (value, kind, name) => {
        // An object's attributes are a dict of their own only where the program asked for it.
        if (name === ownDict && kind === 'other' && recorded.slotOf(value) < 0) return;
        if (isNode(value)) edge(value, kind, name);
      });
    },
    ...(recorded.watcher.living !== undefined && {
      recorded: (isReached: (slot: number) => boolean) => living(recorded, isReached),
    }),
  };
}

/** Tokens of an earlier session are none of this one's. */
function* living(
  recorded: RecordedObjects,
  isReached: (slot: number) => boolean,
): Generator<object> {
  for (const { target } of recorded.watcher.living?.(isReached) ?? ([] as Token[])) {
    if (recorded.slotOf(target) >= 0) yield target;
  }
}

function isValue(object: unknown): object is PlainValue {
  return ['string', 'number', 'bigint'].includes(typeof object);
}

function valueObject(value: PlainValue, block: number): HeapObject {
  const type = typeof value === 'string' ? 'str' : 'int';
  return { type, size: cpythonPrimitive(value), block };
}

function visitFrames(
  top: FrameCell | null,
  root: (object: unknown, kind: RootKind, name: string) => void,
): void {
  let last: GuestFrame | null = null;
  for (let cell = top; cell !== null && cell !== undefined; cell = cell.prev) {
    if (cell.frame !== last) root(cell.frame, 'frame', `${String(cell.frame[0])}`);
    last = cell.frame;
  }
}

/** What belongs to the guest: not Brython's own classes, nor objects of the host. */
function isOfGuest(
  $B: BrythonInternals,
  layout: GuestLayout,
  contents: Contents,
  object: GuestObject,
): boolean {
  if (typeof object === 'function') return object['$function_infos'] !== undefined;
  if (object === $B.builtins.None) return false;
  if (object['tp_mro'] !== undefined) return layout.isGuestClass(object);
  return layout.classOf(object) !== undefined || contents.isFrame(object);
}
