import { snapshotCodec } from '@tracemalloc/adapters/python-module';
import { memoryTools } from '@tracemalloc/adapters/python-tools';
import { attachSkulpt, installSkulptModule } from '@tracemalloc/adapters/skulpt';
import { describeError } from '../../../examples/skulpt-page/errors.ts';
import type { Skulpt, Suspension } from '../../../examples/skulpt-page/skulpt.ts';
import { type Ending, type Run, serve } from './serve.ts';

declare const Sk: Skulpt;

serve(async (run) => {
  const adapter = attachSkulpt(Sk, run.tracer, {
    onWarning: (message) => run.output.write(`${message}\n`, true),
  });
  configure(run);
  installSkulptModule(Sk, adapter, {
    codec: snapshotCodec,
    tools: memoryTools,
    isTracingHidden: true,
    readSource: (name) => (name === run.filename ? run.source : undefined),
  });
  return runToItsEnd(run);
});

function configure({ output }: Run): void {
  const { files } = Sk.builtinFiles;
  Sk.configure({
    __future__: Sk.python3,
    output: (text: string) => output.write(text),
    read(name: string) {
      const text = files[name];
      if (text === undefined) throw new Error(`File not found: ${name}`);
      return text;
    },
    inputfun: () => '',
    inputfunTakesPrompt: true,
    // It is ended from outside.
    execLimit: Number.POSITIVE_INFINITY,
  });
}

async function runToItsEnd({ source, filename, tracer, reporter, start }: Run): Promise<Ending> {
  start(true);
  // Compiled code reads it wherever a page may want a turn. Nobody here does: a worker may be busy, and
  // Skulpt 1.2.0 forgets an import that gives way. So it is a good moment to look, and no more.
  Object.defineProperty(Sk, 'yieldLimit', {
    get() {
      reporter.look(() => (tracer.isTracing() ? tracer.takeSnapshot().data : null));
      return Number.POSITIVE_INFINITY;
    },
  });
  const goOn = async (suspension: Suspension): Promise<unknown> => {
    await waited(suspension);
    return suspension.resume();
  };
  try {
    const main = () => Sk.importMainWithBody(filename.slice(0, -3), false, source, true);
    await Sk.misceval.asyncToPromise(main, { '*': goOn });
    return { error: '', line: null };
  } catch (error) {
    const { text, line } = describeError(error, Sk, (name) =>
      name === filename ? source : Sk.builtinFiles.files[name],
    );
    return { error: text, line };
  }
}

/** What a suspension waits for: its promise, or only a turn of the worker. */
async function waited({ data }: Suspension): Promise<void> {
  if (data.promise === undefined) {
    await new Promise((resolve) => setTimeout(resolve));
    return;
  }
  try {
    data.result = await data.promise;
  } catch (error) {
    data.error = error;
  }
}
