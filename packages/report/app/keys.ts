import { tinykeys } from 'tinykeys';
import { noFilters } from './filters.tsx';
import type { ReportModel, Selection } from './model.ts';
import { hasDifference, metricsOf } from './range.ts';
import type { SelectionStore } from './state.ts';
import { viewsOf } from './views.ts';

type KeyActions = { readonly onKeys: () => void; readonly onTheme: () => void };

/** Keys of the whole page; a view's own keys are handled where it has the focus. Returns undo. */
export function listenToKeys(
  model: ReportModel,
  store: SelectionStore,
  { onKeys, onTheme }: KeyActions,
): () => void {
  const { update } = store;
  const actions: Record<string, (selection: Selection) => void> = {
    m: (selection) => update({ metric: after(metricsOf(model, selection), selection.metric) }),
    u: ({ unit }) => update({ unit: after(['bytes', 'blocks'], unit) }),
    d: (selection) => {
      const { mode } = selection;
      if (hasDifference(model, selection)) update({ mode: after(['now', 'difference'], mode) });
    },
    l: ({ code }) => update({ code: after(model.codes, code) }),
    r: ({ isOnce }) => update({ isOnce: !isOnce }),
    i: ({ inverted }) => update({ inverted: !inverted, focus: '' }),
    x: () => update(noFilters),
    w: () => update({ range: '' }),
    t: onTheme,
    '/': () => focusOn('#search, .row-filter'),
    f: () => focusOn('#fileGlob'),
    '?': onKeys,
  };
  for (const [index, { name }] of viewsOf(model).entries()) {
    actions[String(index + 1)] = () => {
      update({ view: name });
      // After the microtask that renders the view; a later key must find it focused already.
      queueMicrotask(() => focusOn('[data-main]'));
    };
  }
  const bindings = Object.entries(actions).flatMap(([key, action]) => {
    const listener = (event: KeyboardEvent) => {
      if (isTyping(event.target) || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      action(store.selection);
    };
    // On some keyboards these need Shift, on others not.
    return key === '/' || key === '?'
      ? [[key, listener] as const, [`Shift+${key}`, listener] as const]
      : [[key, listener] as const];
  });
  return tinykeys(window, {
    ...Object.fromEntries(bindings),
    Escape: (event) => {
      if (!isTyping(event.target)) return;
      // Chromium would empty the field without a word to us: a search that nobody sees.
      event.preventDefault();
      focusOn('[data-main]');
    },
  });
}

function after<Value>(values: readonly Value[], value: Value): Value {
  return values[(values.indexOf(value) + 1) % values.length]!;
}

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return target.type !== 'radio';
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

function focusOn(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.focus();
}
