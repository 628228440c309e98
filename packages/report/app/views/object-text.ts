import { birthAt, type HeapGraph, stepText } from '@tracemalloc/core/graph';
import type { ReportModel } from '../model.ts';
import { visible } from '../text.ts';

/** An object's type, safe to show. */
export function objectType(graph: HeapGraph, object: number): string {
  return visible(graph.typeOf(object)) || '<unknown type>';
}

/** What an object is called by what holds it: `cache`, `['/a']`, `.items`; safe to show. */
export function objectName(graph: HeapGraph, object: number): string {
  const { holder, via } = graph.reach;
  const from = holder[object]!;
  if (from === -2) return '';
  return visible(
    from < 0 ? graph.root(-1 - via[object]!).name : stepText(graph.edge(via[object]!, from), ''),
  ).trim();
}

/** Where an object was born, as the page has it. */
export type BornAt = {
  /** `app.py:12`, safe to show. */
  readonly place: string;
  /** The line's text; `''` = not known. */
  readonly code: string;
  /** What the source view is to show. */
  readonly focus: string;
};

/** `null` where nobody saw it. */
export function bornAt(model: ReportModel, graph: HeapGraph, object: number): BornAt | null {
  const site = graph.data.objects.site[object]!;
  const born = site < 0 ? null : birthAt(graph.snapshot, site);
  if (born === null) return null;
  const { frames, strings } = graph.snapshot;
  const file = strings.indexOf(born.filename);
  const frame = frames.file.findIndex(
    (row, index) => row === file && frames.line[index] === born.lineno,
  );
  return {
    place: `${visible(born.filename)}:${born.lineno}`,
    code: model.lineOf(frame),
    focus: `${file}/${born.lineno}`,
  };
}
