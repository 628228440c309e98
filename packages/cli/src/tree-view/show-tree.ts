import process from 'node:process';
import type { Metric, SnapshotData } from '@tracemalloc/core';
import type { CodeShown } from '@tracemalloc/core/analysis';
import { render } from 'ink';
import { createElement } from 'react';
import type { Dress } from '../output.ts';
import { TreeModel } from './tree-model.ts';
import { initialState } from './tree-state.ts';
import { TreeView } from './tree-view.ts';

/** Lines of a terminal that does not say how many it has. */
const defaultHeight = 24;

/** Lets the user walk through the call tree, which begins as `first` says; returns when they quit. */
export async function showTree(
  data: SnapshotData,
  first: { readonly metric: Metric; readonly code: CodeShown },
  dress: Dress,
): Promise<void> {
  const model = new TreeModel(data);
  const { units, color, width, getLine } = dress;
  const height = process.stdout.rows ?? defaultHeight;
  const initial = initialState(model, first.metric, first.code);
  const view = createElement(TreeView, { model, initial, units, color, width, height, getLine });
  await render(view).waitUntilExit();
}
