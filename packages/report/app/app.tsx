import { useLayoutEffect, useMemo, useState } from 'preact/hooks';
import { figuresOf } from './figures.ts';
import { Filters } from './filters.tsx';
import { Findings } from './findings.tsx';
import { foldedModel } from './folded-model.ts';
import { Header } from './header.tsx';
import { HelpSheet } from './help.tsx';
import { listenToKeys } from './keys.ts';
import type { ReportModel, ViewProps } from './model.ts';
import type { SelectionStore } from './state.ts';
import { TimeStrip } from './strip/time-strip.tsx';
import { toggleTheme } from './theme.ts';
import { type View, viewsOf } from './views.ts';

export type AppProps = { readonly model: ReportModel; readonly store: SelectionStore };

export function App({ model: whole, store }: AppProps) {
  const [selection, setSelection] = useState(store.selection);
  const [keysShown, setKeysShown] = useState(false);
  const { metric, unit, mode, code, isOnce } = selection;
  const { fileGlob, domain, type, label, functionName, range } = selection;
  const model = useMemo(() => foldedModel(whole, selection), [whole, code, isOnce]);
  const figures = useMemo(
    () => figuresOf(model, selection),
    [model, metric, unit, mode, fileGlob, domain, type, label, functionName, range],
  );
  // Before the first paint: a key or a link that comes right after it would be lost.
  useLayoutEffect(() => store.onChange(setSelection), [store]);
  useLayoutEffect(
    () => listenToKeys(whole, store, { onKeys: () => setKeysShown(true), onTheme: toggleTheme }),
    [whole, store],
  );
  const { update } = store;
  const views = useMemo(() => viewsOf(whole), [whole]);
  const view = views.find(({ name }) => name === selection.view) ?? views[0]!;
  return (
    <>
      <Header
        model={model}
        selection={selection}
        update={update}
        onKeys={() => setKeysShown(true)}
        onTheme={toggleTheme}
      />
      <Findings model={whole} update={update} />
      {whole.joined.data.timeline !== null && (
        <TimeStrip model={whole} selection={selection} update={update} />
      )}
      <div class="bar-row">
        <Tabs views={views} view={view} update={update} />
        <Filters model={model} selection={selection} update={update} />
      </div>
      <main>
        <div id="view" role="tabpanel" aria-labelledby={`tab-${view.name}`}>
          <view.Component
            key={view.name}
            model={model}
            selection={selection}
            figures={figures}
            update={update}
          />
        </div>
      </main>
      {keysShown && <HelpSheet view={view.name} onClose={() => setKeysShown(false)} />}
    </>
  );
}

type TabsProps = {
  readonly views: readonly View[];
  readonly view: View;
  readonly update: ViewProps['update'];
};

function Tabs({ views, view, update }: TabsProps) {
  const walk = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const next = views[(views.indexOf(view) + step + views.length) % views.length]!;
    update({ view: next.name });
    document.getElementById(`tab-${next.name}`)?.focus();
    event.preventDefault();
  };
  return (
    <div class="tabs" role="tablist" aria-label="Views" onKeyDown={walk}>
      {views.map((tab, index) => (
        <button
          type="button"
          role="tab"
          key={tab.name}
          id={`tab-${tab.name}`}
          aria-selected={tab === view}
          aria-controls="view"
          tabIndex={tab === view ? 0 : -1}
          onClick={() => update({ view: tab.name })}
        >
          <kbd>{index + 1}</kbd> {tab.title}
        </button>
      ))}
    </div>
  );
}
