import type { SnapshotData } from '@tracemalloc/core';
import {
  type CodeShown,
  codesShown,
  foldFrames,
  foldRecursion,
  functionTable,
  isImportFile,
  isLibraryFile,
} from '@tracemalloc/core/analysis';
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

/** Whose frames there are to choose from: where no library is called, there is nothing to fold. */
export function codesOf({ frames, strings }: SnapshotData): readonly CodeShown[] {
  const files = Array.from(new Set(frames.file), (row) => strings[row]!);
  const hasLibrary = files.some(isLibraryFile);
  // Where all is library code, one wants to see into it.
  const hasOwn = files.some((file) => !isLibraryFile(file));
  const hasImports = files.some(isImportFile);
  return codesShown.filter((code) => {
    if (code === 'mine') return hasLibrary && hasOwn;
    return code === 'all' || (hasImports && hasLibrary);
  });
}
