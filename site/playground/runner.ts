// In a frame without an origin: starts a worker, which has its policy (no network, no storage), and
// dies with the frame.
import type { RunRequest } from './protocol.ts';

type Start = { readonly scripts: readonly string[]; readonly request: RunRequest };

addEventListener('message', ({ data, ports, source }: MessageEvent<Start>) => {
  if (source !== parent) return;
  const { scripts, request } = data;
  const code = new Blob(
    scripts.map((script) => `${script}\n;\n`),
    { type: 'text/javascript' },
  );
  const worker = new Worker(URL.createObjectURL(code));
  worker.addEventListener('error', ({ message }) => parent.postMessage(message, '*'));
  worker.postMessage(request, [ports[0]!]);
});
