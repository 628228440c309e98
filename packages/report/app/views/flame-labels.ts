import type { ReportModel } from '../model.ts';
import { frameLabel, framePlace, functionName, middle, visibleLine } from '../text.ts';
import type { FlameLayout } from './flame-layout.ts';

/** What a bar may say, the longest first. In a comparison all begin with the sign of the change. */
export type FlameLabels = {
  /** Its code and its place, its code, its function and place without folders. */
  readonly labels: (node: number) => readonly string[];
  /** Its function and place. */
  readonly label: (node: number) => string;
};

/** Labels by node, made when they are first seen. */
export function labelsOf(layout: FlameLayout, model: ReportModel): FlameLabels {
  const { data } = model.joined;
  const signOf = (node: number): string =>
    layout.base === null ? '' : `${glyphOf(layout.now[node]! - layout.base[node]!)} `;
  const remember = <Label>(make: (frame: number, sign: string) => Label) => {
    const made = new Map<number, Label>();
    return (node: number): Label => {
      let label = made.get(node);
      if (label === undefined) {
        label = make(layout.tree.frame[node]!, signOf(node));
        made.set(node, label);
      }
      return label;
    };
  };
  return {
    label: remember((frame, sign) => sign + middle(frameLabel(data, frame), 400)),
    labels: remember((frame, sign) => {
      const place = middle(frameLabel(data, frame), 400);
      const short = middle(withoutFolder(model, frame), 200);
      const code = frame < 0 ? '' : visibleLine(model.lineOf(frame));
      if (code === '') return [sign + place, sign + short];
      return [`${sign}${code}   ${place}`, `${sign}${code}   ${short}`, sign + code, sign + short];
    }),
  };
}

/** `load app.py:10`, whatever the folder. */
function withoutFolder({ joined: { data } }: ReportModel, frame: number): string {
  if (frame < 0 || frame >= data.frames.length) return frameLabel(data, frame);
  return `${functionName(data, frame)} ${framePlace(data, frame).replace(/^.*[/\\]/, '')}`.trim();
}

function glyphOf(change: number): string {
  if (change === 0) return '=';
  return change > 0 ? '▲' : '▼';
}
