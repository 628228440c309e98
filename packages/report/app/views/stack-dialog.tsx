import '../styles/stack.css';
import type { SnapshotData } from '@tracemalloc/core';
import { FrameCursor } from '@tracemalloc/core/analysis';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { copyText } from '../copy-text.ts';
import type { ReportModel } from '../model.ts';
import { frameLabel, framePlace, functionName, visibleLine } from '../text.ts';
import { Name } from './parts.tsx';

/** A stack: rows of frames, OLDEST FIRST, and how many older ones were not kept. */
export type Stack = { readonly frames: readonly number[]; readonly cut: number };

type StackDialogProps = Stack & {
  readonly model: ReportModel;
  readonly onClose: () => void;
};

/** A whole traceback with its source, in a dialog that Esc closes. */
export function StackDialog({ model, frames, cut, onClose }: StackDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [copied, setCopied] = useState('');
  const { data } = model.joined;
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const copy = async (): Promise<void> => {
    setCopied((await copyText(stackText(model, { frames, cut }))) ? 'Copied' : 'Not allowed here');
  };
  return (
    <dialog ref={dialog} class="stack" aria-labelledby="stack-title" onClose={onClose}>
      <h2 id="stack-title">Traceback, most recent call last</h2>
      <ol>
        {cut > 0 && <li class="hint">{cutText(cut)}</li>}
        {frames.map((frame, index) => (
          <li key={index}>
            <Name text={framePlace(data, frame)} /> <b>{functionName(data, frame)}</b>
            {model.lineOf(frame) !== '' && <code>{visibleLine(model.lineOf(frame))}</code>}
          </li>
        ))}
      </ol>
      <button type="button" class="button" onClick={copy}>
        Copy
      </button>{' '}
      <button type="button" class="button" onClick={() => dialog.current?.close()}>
        Close
      </button>{' '}
      <span role="status">{copied}</span>
    </dialog>
  );
}

/** The stack of a traceback. */
export function stackOf(data: SnapshotData, traceback: number): Stack {
  const cursor = new FrameCursor(data).moveTo(traceback);
  const cut = Math.max(0, data.tracebacks.totalNframe[traceback]! - cursor.length);
  return { frames: Array.from(cursor.rows()).reverse(), cut };
}

/** As Python prints a traceback. */
export function stackText(model: ReportModel, { frames, cut }: Stack): string {
  const { data } = model.joined;
  const lines = cut > 0 ? [`  ${cutText(cut)}`] : [];
  for (const frame of frames) {
    lines.push(`  ${frameLabel(data, frame)}`);
    const code = visibleLine(model.lineOf(frame));
    if (code !== '') lines.push(`    ${code}`);
  }
  return `Traceback (most recent call last):\n${lines.join('\n')}\n`;
}

/** `3 older frames were not kept` */
export function cutText(cut: number): string {
  return `${cut} older ${cut === 1 ? 'frame was' : 'frames were'} not kept`;
}
