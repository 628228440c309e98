import type { HostFiles } from './hosts.ts';
import type { RunMessage, RunRequest } from './protocol.ts';

/** The frame's text: its policy, and runner.ts. */
declare const runnerPage: string;

/** A program that runs. */
export type Running = {
  /** Ends it wherever it is, also in an endless loop: no message follows. */
  stop(): void;
};

/**
 * Runs a program in a worker of its own, in a frame without an origin: it reaches neither this page
 * nor what the site has stored, nor any network, and whatever it does keeps no page waiting.
 */
export function runInSandbox(
  { scripts, files }: HostFiles,
  request: Omit<RunRequest, 'files'>,
  onMessage: (message: RunMessage) => void,
): Running {
  const frame = document.createElement('iframe');
  frame.hidden = true;
  frame.title = 'The program that runs';
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.srcdoc = runnerPage;
  const { port1, port2 } = new MessageChannel();
  const failed = ({ source, data }: MessageEvent<unknown>): void => {
    if (source !== frame.contentWindow) return;
    onMessage({ type: 'failed', message: String(data).slice(0, 1000) });
  };
  const stop = (): void => {
    removeEventListener('message', failed);
    port1.close();
    frame.remove();
  };
  addEventListener('message', failed);
  port1.addEventListener('message', ({ data }: MessageEvent<RunMessage>) => onMessage(data));
  port1.start();
  frame.addEventListener('load', () => {
    frame.contentWindow!.postMessage({ scripts, request: { ...request, files } }, '*', [port2]);
  });
  document.body.append(frame);
  return { stop };
}
