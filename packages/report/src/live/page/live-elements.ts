import { liveStyle } from './live-style.ts';

/** The parts of the view that change. */
export type LiveElements = {
  readonly root: HTMLElement;
  readonly current: HTMLElement;
  readonly blocks: HTMLElement;
  readonly peak: HTMLElement;
  readonly curve: SVGElement;
  readonly area: SVGPathElement;
  readonly edge: SVGPathElement;
  readonly label: HTMLSelectElement;
  readonly filter: HTMLInputElement;
  readonly pause: HTMLButtonElement;
  readonly baseline: HTMLButtonElement;
  readonly heads: Readonly<Record<'total' | 'own' | 'count', HTMLButtonElement>>;
  readonly body: HTMLTableSectionElement;
  readonly note: HTMLElement;
};

const svgNames = 'http://www.w3.org/2000/svg';

function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function makePath(name: string): SVGPathElement {
  const path = document.createElementNS(svgNames, 'path');
  path.setAttribute('class', name);
  return path;
}

/** Builds the view in a shadow root. */
export function buildElements(shadow: ShadowRoot): LiveElements {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(liveStyle);
  shadow.adoptedStyleSheets = [sheet];
  const [current, blocks, peak] = [make('dd'), make('dd'), make('dd')];
  const figures = make(
    'dl',
    { class: 'figures' },
    make('div', {}, make('dt', {}, 'Live'), current),
    make('div', {}, make('dt', {}, 'Blocks'), blocks),
    make('div', {}, make('dt', {}, 'Peak'), peak),
  );
  const curve = document.createElementNS(svgNames, 'svg');
  curve.setAttribute('viewBox', '0 0 1 1');
  curve.setAttribute('preserveAspectRatio', 'none');
  curve.setAttribute('role', 'img');
  const [area, edge] = [makePath('area'), makePath('edge')];
  curve.append(area, edge);
  const label = make('select');
  const filter = make('input', { type: 'search', spellcheck: 'false', autocomplete: 'off' });
  const pause = make('button', { type: 'button', 'aria-pressed': 'false' }, 'Pause');
  const baseline = make('button', { type: 'button', 'aria-pressed': 'false' }, 'Baseline');
  baseline.title = 'Figures become differences to this moment';
  const controls = make(
    'div',
    { class: 'controls' },
    make('label', {}, 'Label ', label),
    make('label', {}, 'Filter ', filter),
    pause,
    baseline,
  );
  const heads = {
    total: make('button', { type: 'button' }, 'Total'),
    own: make('button', { type: 'button' }, 'Own'),
    count: make('button', { type: 'button' }, 'Blocks'),
  };
  const part = (): HTMLElement => make('th', { scope: 'col', class: 'part' }, '%');
  const head = (button: HTMLElement): HTMLElement => make('th', { scope: 'col' }, button);
  const body = make('tbody');
  const table = make(
    'table',
    {},
    make(
      'thead',
      {},
      make(
        'tr',
        {},
        head(heads.total),
        part(),
        head(heads.own),
        part(),
        head(heads.count),
        make('th', { scope: 'col' }, 'Function'),
      ),
    ),
    body,
  );
  const rows = make(
    'div',
    { class: 'rows', tabindex: '0', role: 'region', 'aria-label': 'Functions' },
    table,
  );
  const note = make('p', { class: 'note' });
  const root = make(
    'section',
    { class: 'live', 'aria-label': 'Live memory' },
    figures,
    curve,
    controls,
    rows,
    note,
  );
  shadow.append(root);
  return {
    ...{ root, current, blocks, peak, curve, area, edge, label, filter },
    ...{ pause, baseline, heads, body, note },
  };
}
