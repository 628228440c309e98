import { attachPyodide, installPyodideModule } from '@tracemalloc/adapters/pyodide';
import { loadPyodide } from 'pyodide';
// The package has no types for what it loads itself where it can fetch.
// @ts-expect-error
import createPyodideModule from 'pyodide/pyodide.asm.mjs';
import { type Run, serve } from './serve.ts';

serve(async (run) => {
  const { source, filename, output, tracer } = run;
  const pyodide = await loadPyodide(options(run));
  const streams = [false, true].map((isError) => {
    const decoder = new TextDecoder();
    return {
      isatty: false,
      write(bytes: Uint8Array) {
        output.write(decoder.decode(bytes.slice(), { stream: true }), isError);
        return bytes.length;
      },
    };
  });
  pyodide.setStdout(streams[0]!);
  pyodide.setStderr(streams[1]!);
  const adapter = attachPyodide(pyodide, tracer, {
    onWarning: (message) => output.write(`${message}\n`, true),
  });
  installPyodideModule(pyodide, adapter, { isTracingHidden: true });
  const settle = async (): Promise<void> => adapter.settle();
  run.start();
  try {
    pyodide.runPython(source, { filename });
    return { error: '', line: null, settle };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { ...shown(text, filename), settle };
  }
});

/** It gets what it would fetch from what came with the program. */
function options({ files }: Run): Parameters<typeof loadPyodide>[0] {
  self.fetch = async (url) => {
    const name = String(url).split('/').at(-1)!;
    const type = name.endsWith('.wasm') ? 'application/wasm' : 'application/octet-stream';
    return new Response(files[name]!, { headers: { 'Content-Type': type } });
  };
  return {
    createPyodideModule,
    indexURL: 'pyodide:/',
    lockFileContents: new TextDecoder().decode(files['pyodide-lock.json']!),
  } as unknown as Parameters<typeof loadPyodide>[0];
}

/** A traceback without the frames that are Pyodide's. */
function shown(text: string, filename: string): { error: string; line: number | null } {
  const own = new RegExp(`^ {2}File "${filename.replace('.', '\\.')}", line (\\d+)`, 'm');
  const first = own.exec(text);
  if (first === null) return { error: text, line: null };
  const lines = [...text.matchAll(new RegExp(own, 'gm'))];
  const error = `Traceback (most recent call last):\n${text.slice(first.index)}`;
  return { error, line: Number(lines.at(-1)![1]) };
}
