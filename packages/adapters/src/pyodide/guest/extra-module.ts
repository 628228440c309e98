import { extraFunctions } from '../../python/module/extra-functions.ts';
import type { NativeModule } from '../../python/module/index.ts';
import { moduleSources } from '../../python/module/module-sources.ts';
import type { PyodideAdapter } from '../adapter.ts';
import type { PythonValues } from './python-values.ts';

/** What tracebacks show of `tracemalloc_extra`; its frames are left out. */
export const extraFile = '<tracemalloc_extra>';

/** What is beside the source that all hosts have: coroutines run later than the call that makes them. */
const coroutines = `
def _around(label, function, _plain=_around):
    flags = getattr(getattr(function, '__code__', None), 'co_flags', 0)
    if flags & 0x80:
        async def wrapper(*args, **keywords):
            with label:
                return await function(*args, **keywords)
    elif flags & 0x200:
        async def wrapper(*args, **keywords):
            iterator = function(*args, **keywords)
            try:
                with label:
                    async for item in iterator:
                        yield item
            finally:
                await iterator.aclose()
    elif flags & 0x20:
        def wrapper(*args, **keywords):
            with label:
                return (yield from function(*args, **keywords))
    else:
        return _plain(label, function)
    import functools
    return functools.wraps(function)(wrapper)
`;

/** Makes the module in the guest. */
export const extraSetup: string = `import sys
module = type(sys)('tracemalloc_extra')
exec(compile(${JSON.stringify(moduleSources.tracemalloc_extra + coroutines)}, '${extraFile}', 'exec'), module.__dict__)
sys.modules['tracemalloc_extra'] = module
None
`;

/** What the guest's part calls. */
export function extraNatives(
  values: PythonValues,
  adapter: Pick<PyodideAdapter, 'tracer' | 'exclude' | 'labels'>,
): NativeModule {
  const { tracer, labels } = adapter;
  const functions = extraFunctions(values, { tracer, ...(labels && { labels }) });
  return Object.fromEntries(
    Object.entries(functions).map(([name, call]) => [
      name,
      (...given) => adapter.exclude(() => call(...given)),
    ]),
  );
}
