import type { ComponentType } from 'preact';
import type { ViewName, ViewProps } from './model.ts';
import { FlameView } from './views/flame.tsx';

export type View = {
  readonly name: ViewName;
  readonly title: string;
  readonly Component: ComponentType<ViewProps>;
};

/** The tabs, in the order of their keys 1 … 6. */
export const views: readonly View[] = [{ name: 'flame', title: 'Flame', Component: FlameView }];
