import { TracemallocError } from '@tracemalloc/core';
import { GuestLimit } from '../../contract/index.ts';
import type { QuickJsAdapter } from '../adapter.ts';
import type { Handle, QuickJsContext } from '../host.ts';
import { objectOf } from '../instance.ts';
import { extraName, extraSource, nativesName } from './extra-source.ts';

/** What is used of a context beside what the adapter does. */
type Context = QuickJsContext & {
  readonly global: Handle;
  evalCode(
    code: string,
    filename: string,
    options: { readonly type: 'module' },
  ): ReturnType<QuickJsContext['evalCode']>;
  newFunction(name: string, work: (...values: Handle[]) => Handle | undefined): Handle;
  newObject(): Handle;
  newString(text: string): Handle;
  setProp(object: Handle, key: string, value: Handle): void;
  getString(handle: Handle): string;
  readonly true: Handle;
  readonly false: Handle;
};

/** Contexts that have the module: none of a context can be taken back. */
const installed = new WeakSet<object>();

/**
 * Gives the programs of a context `tracemalloc_extra`: `import { label, limit, mark } from 'tracemalloc_extra'` in modules, `require('tracemalloc_extra')` in scripts, where
 * there is no `require` of another's. It stays until the context is disposed of, and does nothing after the adapter was detached.
 *
 * @param context One of the runtime that the adapter is attached to.
 * @throws TracemallocError `misuse` when the context has it already, or could not load it.
 */
export function installQuickJSModule(context: QuickJsContext, adapter: QuickJsAdapter): void {
  if (installed.has(context)) {
    throw new TracemallocError('misuse', 'this QuickJS context has tracemalloc_extra already');
  }
  adapter.excludeFile(extraName);
  adapter.exclude(() => install(context as Context, adapter));
  installed.add(context);
}

function install(context: Context, adapter: QuickJsAdapter): void {
  const object = context.newObject();
  for (const [name, work] of Object.entries(nativesOf(context, adapter))) {
    const native = context.newFunction(name, (...values) => adapter.exclude(() => work(...values)));
    context.setProp(object, name, native);
    native.dispose();
  }
  context.setProp(context.global, nativesName, object);
  object.dispose();
  const result = context.evalCode(extraSource, extraName, { type: 'module' });
  const error = result.error === undefined ? undefined : context.dump(result.error);
  result.dispose();
  context.evalCode(`delete globalThis.${nativesName}`).dispose();
  if (error !== undefined) {
    throw new TracemallocError(
      'misuse',
      `this QuickJS context can't load tracemalloc_extra: ${JSON.stringify(error)}`,
    );
  }
}

type Native = (...values: Handle[]) => Handle | undefined;

/** What the guest's part calls, with what it has checked. */
function nativesOf(
  context: Context,
  { tracer, caps, labels }: QuickJsAdapter,
): Record<string, Native> {
  const limit = new GuestLimit(tracer);
  const work = (run: (...values: Handle[]) => void): Native => {
    return (...values) => {
      run(...values);
      return undefined;
    };
  };
  return {
    pushLabel: work((name) => labels.push(tracer.label(context.getString(name!)))),
    popLabel: work(() => labels.pop()),
    labelFunction: (name, callable) => {
      const row = tracer.label(context.getString(name!));
      const isLabelled = labels.labelFunction!(objectOf(context, callable!), row);
      return isLabelled ? context.true : context.false;
    },
    mark: work((name) => tracer.mark(context.getString(name!))),
    limit: (size) => {
      const problem = caps.limits
        ? limit.set(context.dump(size!) as number | null)
        : "limit: what this interpreter allocates can't be refused";
      return problem === null ? undefined : context.newString(problem);
    },
  };
}
