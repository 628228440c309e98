import process from 'node:process';
import { initialLive, type LiveUpdate, reduceLive } from '@tracemalloc/report/live';
import { Box, render, Text, useApp, useInput, useStdout } from 'ink';
import { createElement, type ReactElement, useEffect, useReducer, useState } from 'react';
import { actionsOf } from './live-keys.ts';
import { frameLines, liveLines, type Screen } from './live-screen.ts';
import { readUpdates } from './read-updates.ts';

/** What is shown, and where. */
export type LiveViewOptions = Pick<Screen, 'title' | 'waiting' | 'leaving'> & {
  readonly url: string;
  readonly color: boolean;
  /** Whether another program is waited for when one has ended. */
  readonly goesOn: boolean;
};

/** A terminal that is no other than the process's own where nobody says. */
export type Terminal = {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
};

/** Why the view has ended: the program did, the user left it, or wants the program to end. */
export type Leave = 'ended' | 'view' | 'program';

type Props = LiveViewOptions & { readonly onLeave: (leave: Leave) => void };

const enterScreen = '\x1b[?1049h\x1b[H';
const leaveScreen = '\x1b[?1049l';

/**
 * Shows what lives while it goes on, on a screen of its own, so that the terminal is afterwards as it
 * was. @throws what reading the updates threw.
 */
export async function showLive(
  options: LiveViewOptions,
  { stdin, stdout }: Terminal = process,
): Promise<Leave> {
  let leave: Leave = 'ended';
  const onLeave = (how: Leave): void => {
    leave = how;
  };
  const restore = (): void => void stdout.write(leaveScreen);
  stdout.write(enterScreen);
  process.once('exit', restore);
  try {
    const view = createElement(LiveView, { ...options, onLeave });
    await render(view, { stdin, stdout, exitOnCtrlC: false }).waitUntilExit();
  } finally {
    process.off('exit', restore);
    restore();
  }
  return leave;
}

/** The view itself; ends by what reading the updates threw. */
export function LiveView(props: Props): ReactElement {
  const { url, color, goesOn, onLeave } = props;
  const { exit } = useApp();
  const { width, height } = useTerminalSize();
  const [state, dispatch] = useReducer(reduceLive, initialLive);
  const { label } = state;
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const onUpdate = (update: LiveUpdate): void => dispatch({ type: 'update', update });
    const read = async (): Promise<void> => {
      do {
        await readUpdates(url, { label, onUpdate, signal });
        if (goesOn) dispatch({ type: 'ended' });
      } while (goesOn && !signal.aborted);
    };
    read().then(
      () => {
        if (signal.aborted) return;
        onLeave('ended');
        exit();
      },
      (error: Error) => {
        if (!signal.aborted) exit(error);
      },
    );
    return () => stop.abort();
  }, [url, label, goesOn, onLeave, exit]);
  // A line stays free: a screen that is full is cleared, with all that was scrolled away, at each update.
  const rows = Math.max(1, height - 1 - frameLines);
  useInput((input, key) => {
    for (const action of actionsOf(input, key, state.isTyping, rows)) dispatch(action);
  });
  useEffect(() => {
    if (state.hasQuit === 'no') return;
    onLeave(state.hasQuit);
    exit();
  }, [state.hasQuit, onLeave, exit]);
  const lines = liveLines(state, { ...props, width, rows });
  return createElement(
    Box,
    { flexDirection: 'column' },
    ...lines.map((line, i) =>
      createElement(
        Text,
        { key: i, bold: i === 0, dimColor: color && i === lines.length - 1, wrap: 'truncate' },
        line === '' ? ' ' : line,
      ),
    ),
  );
}

/** Follows the terminal when it is resized. */
function useTerminalSize(): { readonly width: number; readonly height: number } {
  const { stdout } = useStdout();
  const sizeOf = () => ({ width: stdout.columns || 80, height: stdout.rows || 24 });
  const [size, setSize] = useState(sizeOf);
  useEffect(() => {
    const resize = (): void => setSize(sizeOf());
    stdout.on('resize', resize);
    return () => void stdout.off('resize', resize);
  });
  return size;
}
