import type { Adapter, GuestLabels } from '../../contract/index.ts';
import {
  createPythonModule,
  type GuestValue,
  isPackage,
  type NativeModule,
  type PythonHost,
  type PythonModuleOptions,
} from '../../python/module/index.ts';
import { CompiledSources } from '../code/sources.ts';
import type { Skulpt, SkulptHost, Suspension } from '../host.ts';
import { Library } from './library.ts';
import { skulptHost } from './python-host.ts';

/** What the module needs of the adapter that traces the guest. */
export type SkulptGuest = Omit<Adapter, 'detach' | 'failures'> & {
  /** Python's `sys.getsizeof`. */
  sizeOf(value: unknown): number;
  /** Has code of a file have no frames. */
  addPlainFile?(file: string): void;
  /** How the guest labels what it allocates. */
  readonly labels?: GuestLabels;
};

/** The guest's module `tracemalloc` as it was installed. */
export type SkulptModule = {
  /** Takes all of it out again. What a program has imported already stays with it. */
  uninstall(): void;
};

/** What Skulpt shows as the file of our module. */
const moduleFile = 'src/lib/tracemalloc.py';
/** The same of the module beside it. What it calls is the program's. */
const extraFile = 'src/lib/tracemalloc_extra.py';

/**
 * Makes `import tracemalloc`, `_tracemalloc` and `gc` work in one Skulpt, and gives `sys` a
 * `getsizeof`. Nothing is compiled until a program imports the module. `Sk` may be configured before
 * or after it.
 */
export function installSkulptModule(
  host: SkulptHost,
  adapter: SkulptGuest,
  options: PythonModuleOptions = {},
): SkulptModule {
  const Sk = host as Skulpt;
  const sources = new CompiledSources(Sk);
  const values = skulptHost(Sk, (filename) => sources.get(filename));
  const { source, native } = createPythonModule(values, adapter, options);
  const settled = settling(Sk, adapter);
  const { _tracemalloc, _tracemalloc_host } = native;
  const library = new Library(Sk, (work) => adapter.exclude(work));
  adapter.excludeFile(moduleFile);
  adapter.addPlainFile?.(extraFile);
  library.addPython('tracemalloc', source.tracemalloc);
  library.addPython('tracemalloc_extra', source.tracemalloc_extra);
  library.addNative('_tracemalloc', {
    ..._tracemalloc,
    get_traced_memory: (...call) => settled(() => _tracemalloc['get_traced_memory']!(...call)),
  });
  library.addNative('_tracemalloc_host', {
    ..._tracemalloc_host,
    settle: (...call) => settled(() => _tracemalloc_host['settle']!(...call)),
  });
  const { _tracemalloc_heap: heap } = native;
  library.addNative('gc', {
    ...garbageModule(values, (...call) => settled(() => _tracemalloc_host['collect']!(...call))),
    ...(heap !== undefined && {
      get_objects: heap['objects']!,
      get_referrers: heap['referrers']!,
      get_referents: heap['referents']!,
    }),
  });
  if (heap !== undefined) library.addNative('_tracemalloc_heap', heap);
  for (const [name, text] of Object.entries(options.tools?.sources ?? {})) {
    adapter.excludeFile(library.addTool(name, text, isPackage(name, options)));
  }
  library.extend('sys', { getsizeof: _tracemalloc_host['getsizeof']! });
  return {
    uninstall() {
      library.remove();
      sources.remove();
    },
  };
}

/**
 * Where frees become known in turns of the event loop only, the guest waits for one: its call is
 * suspended, if the whole stack can be. Code that can't wait resumes at once and gets an answer too.
 */
function settling(
  Sk: Skulpt,
  adapter: SkulptGuest,
): (answer: () => GuestValue) => GuestValue | Suspension {
  const { misceval } = Sk;
  const waits = adapter.caps.frees === 'gc-async' || adapter.caps.frees === 'lower-bound';
  return (answer) => {
    if (!waits) return answer();
    const turn = adapter.settleLater();
    const suspension = misceval.promiseToSuspension(turn);
    suspension.optional = true;
    // The answer is made here, when the guest's frames are back, and not in the turn.
    suspension.resume = () => {
      if (suspension.data.error !== undefined) throw suspension.data.error;
      return answer();
    };
    return suspension;
  };
}

/** Skulpt has no `gc` of its own. */
function garbageModule(host: PythonHost, collect: NativeModule[string]): NativeModule {
  let isEnabled = true;
  const switching = (value: boolean) => () => {
    isEnabled = value;
    return host.none;
  };
  return {
    collect,
    enable: switching(true),
    disable: switching(false),
    isenabled: () => host.bool(isEnabled),
  };
}
