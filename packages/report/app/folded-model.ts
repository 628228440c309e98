import type { SnapshotData } from '@tracemalloc/core';
import { foldFrames, foldRecursion, functionTable } from '@tracemalloc/core/analysis';
import type { ReportModel, Selection } from './model.ts';

/** The model as the selection folds it: the same sites and frames, in shorter stacks. */
export function foldedModel(
  model: ReportModel,
  { code, isOnce }: Pick<Selection, 'code' | 'isOnce'>,
): ReportModel {
  const { data, base } = model.joined;
  const shown = foldFrames(data, code);
  const folded = isOnce ? foldRecursion(shown, functionTable(shown).ofFrame) : shown;
  if (folded === data) return model;
  return { ...model, joined: { data: folded, base: base && withStacksOf(base, folded) } };
}

function withStacksOf(base: SnapshotData, { tracebacks, sites }: SnapshotData): SnapshotData {
  return { ...base, tracebacks, sites: { ...base.sites, traceback: sites.traceback } };
}
