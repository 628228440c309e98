import type { ComponentType } from 'preact';
import type { ReportModel, ViewName, ViewProps } from './model.ts';
import { FlameView } from './views/flame.tsx';
import { ObjectsView } from './views/objects.tsx';
import { SandwichView } from './views/sandwich.tsx';
import { SourceView } from './views/source.tsx';
import { TableView } from './views/table.tsx';
import { TreeView } from './views/tree.tsx';
import { TypesView } from './views/types.tsx';

export type View = {
  readonly name: ViewName;
  readonly title: string;
  readonly Component: ComponentType<ViewProps>;
};

const allViews: readonly View[] = [
  { name: 'flame', title: 'Flame', Component: FlameView },
  { name: 'tree', title: 'Tree', Component: TreeView },
  { name: 'table', title: 'Table', Component: TableView },
  { name: 'sandwich', title: 'Sandwich', Component: SandwichView },
  { name: 'source', title: 'Source', Component: SourceView },
  { name: 'types', title: 'Types', Component: TypesView },
  { name: 'objects', title: 'Objects', Component: ObjectsView },
];

/** The tabs, in the order of their keys 1 … 7; that of the objects where there was a graph of them. */
export function viewsOf({ joined }: ReportModel): readonly View[] {
  const hadGraph = joined.data.metadata['graph'] !== undefined;
  return allViews.filter(({ name }) => name !== 'objects' || hadGraph);
}
