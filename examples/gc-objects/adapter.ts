import {
  type Adapter,
  type Collector,
  describeAdapter,
  ObjectTracker,
  PulledStack,
} from '@tracemalloc/adapters/callbacks';
import type { FrameRow, Tracer } from '@tracemalloc/core';
import type { Interpreter, Node, PseudoObject } from './interpreter.ts';

/** What a guest object counts for: no engine says what it really takes. */
function sizeOf(object: object): number {
  return 64 + 16 * Object.keys((object as PseudoObject).properties).length;
}

/** Functions call at `doneExec_`; before, they evaluate arguments. Natives have no node. */
function walker(interpreter: Interpreter, tracer: Tracer): PulledStack {
  const rows = new WeakMap<Node, FrameRow>();
  const rowOf = (position: Node, { type, id }: Node): FrameRow => {
    const { start, source = '<eval>' } = position.loc!;
    const name = type === 'Program' ? '<program>' : (id?.name ?? '<anonymous>');
    const row = tracer.frame(tracer.string(source), start.line, tracer.string(name));
    rows.set(position, row);
    return row;
  };
  return new PulledStack(tracer, (frames, limit) => {
    const states = interpreter.stateStack;
    let depth = 0;
    let position = states.at(-1)?.node;
    const count = (code: Node): void => {
      // What has no place, or this one, is the interpreter's own code.
      if (position?.loc === undefined || position.loc.source === 'polyfills') return;
      if (depth < limit) frames[depth] = rows.get(position) ?? rowOf(position, code);
      depth++;
    };
    for (let i = states.length - 2; i > 0; i--) {
      const { node, doneExec_, func_ } = states[i]!;
      if (!doneExec_ || func_?.node === undefined) continue;
      count(func_.node);
      position = node;
    }
    if (states[0] !== undefined) count(states[0].node);
    return depth;
  });
}

/** Traces what one js-interpreter allocates: attach before its program runs. */
export function attachInterpreter(
  interpreter: Interpreter,
  tracer: Tracer,
  collector: Collector | null = null,
): Pick<Adapter, 'caps' | 'detach'> & { readonly tracker: ObjectTracker } {
  const options = { name: 'js-interpreter', sizeOf, collector };
  const tracker = new ObjectTracker(tracer, walker(interpreter, tracer), options);
  const { createObjectProto } = interpreter;
  const typeOf = (proto: PseudoObject | null): string => {
    if (proto === null) return '(scope)';
    if (proto === interpreter.ARRAY_PROTO) return 'Array';
    if (proto === interpreter.FUNCTION_PROTO) return 'Function';
    const maker = proto.properties['constructor'] as PseudoObject | undefined;
    return maker?.node?.id?.name ?? 'Object';
  };
  interpreter.createObjectProto = (proto) => {
    const object = createObjectProto.call(interpreter, proto);
    if (tracer.on) tracker.track(object, tracer.type(typeOf(proto)));
    return object;
  };
  const caps = { frees: tracker.liveness, sizes: 'modelled', lines: 'exact' } as const;
  tracer.setMetadata(describeAdapter('js-interpreter', 'examples/gc-objects', 'model', caps));
  const detach = (): void => {
    // The method is the prototype's again.
    delete (interpreter as Partial<Interpreter>).createObjectProto;
    tracker.detach();
  };
  return { caps, detach, tracker };
}
