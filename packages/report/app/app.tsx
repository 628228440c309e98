import { useEffect, useMemo, useState } from 'preact/hooks';
import { figuresOf } from './figures.ts';
import type { ReportModel } from './model.ts';
import type { SelectionStore } from './state.ts';
import { views } from './views.ts';

export type AppProps = { readonly model: ReportModel; readonly store: SelectionStore };

export function App({ model, store }: AppProps) {
  const [selection, setSelection] = useState(store.selection);
  useEffect(() => store.onChange(setSelection), [store]);
  const { metric, unit, mode, fileGlob, domain, type, functionName } = selection;
  const figures = useMemo(
    () => figuresOf(model, selection),
    [model, metric, unit, mode, fileGlob, domain, type, functionName],
  );
  const view = views.find(({ name }) => name === selection.view) ?? views[0]!;
  return (
    <main>
      <view.Component
        key={view.name}
        model={model}
        selection={selection}
        figures={figures}
        update={store.update}
      />
    </main>
  );
}
