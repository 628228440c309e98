import {
  attachBrython,
  type BrythonInternals,
  type GuestObject,
  installBrythonModule,
} from '@tracemalloc/adapters/brython';
import { memoryTools } from '@tracemalloc/adapters/python-tools';
import { encourageCollection } from './collection.ts';
import { serve } from './serve.ts';

type Brython = BrythonInternals & {
  readonly module: { $factory(name: string): GuestObject };
  readonly url2name: Record<string, string>;
  error_trace(error: unknown): string;
  exception(error: unknown): unknown;
  make_import_paths(importer: string): void;
  module_setattr(module: GuestObject, name: string, value: unknown): void;
};

declare const __BRYTHON__: Brython;

const mainName = '__main__';

serve(async (run) => {
  const $B = __BRYTHON__;
  const { filename, source, output, tracer } = run;
  // Brython's own streams print there, with newlines.
  console.log = (text: unknown) => output.write(String(text));
  console.error = (text: unknown) => output.write(String(text), true);
  const adapter = attachBrython({ $B }, tracer, {
    onWarning: (message) => output.write(`${message}\n`, true),
  });
  installBrythonModule({ $B }, adapter, { tools: memoryTools, isTracingHidden: true });
  const settle = async (): Promise<void> => {
    await encourageCollection();
    await adapter.settleLater();
  };
  run.start();
  try {
    execute($B, source, filename);
    return { error: '', line: null, settle };
  } catch (error) {
    const text = `${$B.error_trace($B.exception(error)).trim()}\n`;
    const lines = [...text.matchAll(/File "(.*?)", line (\d+)/g)];
    const own = lines.filter(([, file]) => file === filename).at(-1);
    return { error: text, line: own === undefined ? null : Number(own[2]), settle };
  }
});

function execute($B: Brython, source: string, filename: string): void {
  const module = $B.module.$factory(mainName);
  $B.module_setattr(module, '__file__', filename);
  $B.imported[mainName] = module;
  $B.file_cache[filename] = source;
  $B.url2name[filename] = mainName;
  $B.make_import_paths(filename);
  const code = String($B.py2js({ src: source, filename }, mainName, mainName).to_js());
  new Function(code)();
}
