import { TracemallocError, Tracer } from '@tracemalloc/core';
import { ObjectTracker, PulledStack } from '../callbacks/index.ts';
import { allocatedByLine, type BlocksByLine } from '../contract/index.ts';
import { StackWalk } from './frames/stack-walk.ts';
import type { JsInterpreter, JsInterpreterClass } from './host.ts';
import { sizeOf } from './objects/sizes.ts';
import { TypeNames } from './objects/type-names.ts';

/** What the self-test found of a build. */
export type SelfTestResult = {
  /** Whether frames are those of the program. */
  readonly hasFrames: boolean;
  /** Why something is off, in words; `null` when all is well. */
  readonly problem: string | null;
};

const file = 'self-test.js';
const program = `function Thing() { this.a = 1; }
var kept = [];
for (var i = 0; i < 3; i++) {
  kept.push(new Thing());
}
function make(n) {
  if (n > 0) return make(n - 1);
  return new Thing();
}
kept.push(make(4));
[1, 2].map(function (n) {
  kept.push(new Thing());
});
try { (function () { throw new Thing(); })(); } catch (error) { kept.push(error); }
kept.push(new Date(0));
`;
/** Things and dates by their lines; arrays and functions come of calls, too. */
const expected: BlocksByLine = {
  [`${file}:4 Thing`]: 3,
  [`${file}:8 Thing`]: 1,
  [`${file}:12 Thing`]: 2,
  [`${file}:14 Thing`]: 1,
  [`${file}:15 Date`]: 1,
};
/** Frames of the deepest allocation, and of the one below the library's own map. */
const depths = [6, 2];

const results = new WeakMap<object, SelfTestResult>();

/**
 * Tries everything out in an interpreter of its own, once a class of interpreters.
 * @throws TracemallocError `unsupported-host` when the blocks that the program makes are not those
 *   that are seen.
 */
export function selfTest(interpreter: JsInterpreter): SelfTestResult {
  const of = interpreter.constructor;
  let result = results.get(of);
  if (result === undefined) {
    result = tryOut(new (of as unknown as JsInterpreterClass)(''));
    results.set(of, result);
  }
  return result;
}

function tryOut(interpreter: JsInterpreter): SelfTestResult {
  const tracer = new Tracer();
  const walk = new StackWalk(interpreter, tracer);
  const seen = new Set<number>();
  const stack = new PulledStack(tracer, (frames, limit) => {
    const depth = walk.walk(frames, limit);
    seen.add(depth);
    return depth;
  });
  const tracker = new ObjectTracker(tracer, stack, { name: 'self-test', sizeOf });
  const names = new TypeNames(interpreter);
  const { createObjectProto } = interpreter;
  interpreter.createObjectProto = (prototype) => {
    const object = createObjectProto.call(interpreter, prototype);
    tracker.track(object, tracer.type(names.of(prototype)));
    return object;
  };
  tracer.start(1);
  interpreter.appendCode(interpreter.parse_(program, file));
  interpreter.run();
  const found = allocatedByLine(tracer.takeSnapshot());
  tracer.stop();
  tracker.detach();
  const wrong = differences(byType(found), byType(expected));
  if (wrong !== '' || tracker.failures > 0) {
    const reason = wrong === '' ? 'objects without properties' : wrong;
    throw new TracemallocError('unsupported-host', `the self-test found ${reason}`, { reason });
  }
  const misplaced = differences(found, expected);
  if (misplaced !== '') return { hasFrames: false, problem: misplaced };
  if (depths.every((depth) => seen.has(depth))) return { hasFrames: true, problem: null };
  return { hasFrames: false, problem: 'stacks that lack frames' };
}

/** Blocks of the compared types, wherever they were allocated. */
function byType(blocks: BlocksByLine): BlocksByLine {
  const counts: Record<string, number> = { Thing: 0, Date: 0 };
  for (const [place, count] of Object.entries(blocks)) {
    const type = place.slice(place.lastIndexOf(' ') + 1);
    if (type in counts) counts[type]! += count;
  }
  return counts;
}

/** `2 at a.js:3 Thing in place of 3, …`; '' for none. */
function differences(found: BlocksByLine, wanted: BlocksByLine): string {
  return Object.keys(wanted)
    .filter((place) => found[place] !== wanted[place])
    .map((place) => `${found[place] ?? 0} at ${place} in place of ${wanted[place]}`)
    .join(', ');
}
