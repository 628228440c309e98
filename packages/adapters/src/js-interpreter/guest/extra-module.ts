import { GuestLimit, Restorer } from '../../contract/index.ts';
import type { JsInterpreterAdapter } from '../adapter.ts';
import type { GuestObject, JsInterpreter } from '../host.ts';

/** The guest's module as it was installed. */
export type JsInterpreterGuestModule = {
  /** What `require('tracemalloc_extra')` gives: for a `require` of one's own. */
  readonly exports: GuestObject;
  /** The guest finds no `tracemalloc_extra` any more. What a program has of it stays with it. */
  uninstall(): void;
};

const name = 'tracemalloc_extra';

/**
 * Gives programs `require('tracemalloc_extra')`, where they have no `require` of another's: `label(name)`, `label(name, f)`, `mark(name)` and `limit(bytes)`.
 *
 * @param interpreter The one that the adapter is attached to, before its program runs.
 */
export function installJsInterpreterModule(
  interpreter: JsInterpreter,
  adapter: JsInterpreterAdapter,
): JsInterpreterGuestModule {
  const restorer = new Restorer();
  const exports = adapter.exclude(() => install(interpreter, adapter, restorer));
  return { exports, uninstall: () => restorer.restore() };
}

type Native = (...values: unknown[]) => unknown;

function install(
  interpreter: JsInterpreter,
  adapter: JsInterpreterAdapter,
  restorer: Restorer,
): GuestObject {
  const native = (work: Native): GuestObject =>
    interpreter.createNativeFunction((...values) => adapter.exclude(() => work(...values)), false);
  const objectOf = (members: Record<string, Native>): GuestObject => {
    const object = interpreter.createObjectProto(interpreter.OBJECT_PROTO);
    for (const [key, work] of Object.entries(members)) {
      interpreter.setProperty(object, key, native(work));
    }
    return object;
  };
  const extra = objectOf(membersOf(interpreter, adapter, objectOf));
  const { globalObject } = interpreter;
  if (globalObject.properties['require'] !== undefined) return extra;
  const require = native((wanted) => {
    if (wanted === name) return extra;
    return interpreter.throwException(interpreter.ERROR, `Cannot find module '${String(wanted)}'`);
  });
  interpreter.setProperty(globalObject, 'require', require);
  restorer.add(() => Reflect.deleteProperty(globalObject.properties, 'require'));
  return extra;
}

function membersOf(
  interpreter: JsInterpreter,
  { tracer, caps, labels }: JsInterpreterAdapter,
  objectOf: (members: Record<string, Native>) => GuestObject,
): Record<string, Native> {
  const typeError = (message: string): never =>
    interpreter.throwException(interpreter.TYPE_ERROR, message);
  const checked = (value: unknown): string =>
    typeof value === 'string' ? value : typeError(`name must be a string, not ${kindOf(value)}`);
  const scope = (): GuestObject => {
    let isOpen = true;
    return objectOf({
      close: () => {
        if (isOpen) labels.pop();
        isOpen = false;
      },
    });
  };
  const limit = new GuestLimit(tracer);
  return {
    label: (label, callable) => {
      const row = tracer.label(checked(label));
      if (callable === undefined) {
        labels.push(row);
        return scope();
      }
      if (kindOf(callable) !== 'function') {
        typeError(`f must be a function, not ${kindOf(callable)}`);
      }
      labels.labelFunction?.(callable, row);
      return callable;
    },
    mark: (mark) => tracer.mark(checked(mark)),
    limit: (size) => {
      if (size !== null && !Number.isSafeInteger(size)) {
        typeError(`size must be an integer or null, not ${kindOf(size)}`);
      }
      const problem = caps.limits
        ? limit.set(size as number | null)
        : "limit: what this interpreter allocates can't be refused";
      if (problem !== null) interpreter.throwException(interpreter.RANGE_ERROR, problem);
    },
  };
}

/** `typeof`, of a guest's value. */
function kindOf(value: unknown): string {
  return (value as { class?: unknown } | null)?.class === 'Function' ? 'function' : typeof value;
}
