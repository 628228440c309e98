import type { SnapshotData, Tracer } from '@tracemalloc/core';
import { peek } from '@tracemalloc/core/live';
import { initialLive, type LiveAction, reduceLive } from '../live-state.ts';
import { liveUpdate } from '../live-update.ts';
import { Pulse } from '../pulse.ts';
import { buildElements } from './live-elements.ts';
import { actionOfKey, showState } from './live-page-view.ts';

/** How {@link mountLive} looks. */
export type MountLiveOptions = {
  /** Milliseconds between updates, 50 … 60000. Default: 500. Longer where looking takes longer. */
  readonly interval?: number;
  /**
   * Whether garbage is looked for before each look, as for a snapshot: what walked hosts (Skulpt) have
   * is known only so. Default: no.
   */
  readonly settle?: boolean;
};

/** A view in a page. */
export type MountedLive = {
  /** Looks at once, such as when a program has ended. */
  update(): void;
  /** Takes the view away; nothing is looked at any more. */
  unmount(): void;
};

/** Functions that the filter looks through. */
const mostFunctions = 1000;

/**
 * Shows in an element of a page what lives in a tracer, while it goes on: memray's columns, a curve,
 * labels, a filter, pause, a baseline, by mouse and by the keys of `tracemalloc live`. It looks between
 * turns, for a thirtieth of the time at most, and not at all while the page or the element is hidden.
 *
 * @throws TypeError when `element` is none; RangeError for a bad interval.
 */
export function mountLive(
  element: HTMLElement,
  tracer: Tracer,
  { interval, settle = false }: MountLiveOptions = {},
): MountedLive {
  if (!(element instanceof HTMLElement)) {
    throw new TypeError(`element must be an element of a page, got ${String(element)}`);
  }
  const host = document.createElement('div');
  const elements = buildElements(host.attachShadow({ mode: 'open' }));
  const started = performance.now();
  let state = initialLive;
  let session = tracer.session;
  let isSeen = true;

  const copy = (): SnapshotData | null => {
    if (!tracer.on) return null;
    return settle ? tracer.takeSnapshot().data : peek(tracer);
  };
  const show = (): void => showState(elements, state, tracer.on);
  const update = (): void => {
    if (tracer.session !== session) {
      session = tracer.session;
      // Of another run; what a run that is over had stays in sight until then.
      if (tracer.on) state = reduceLive(state, { type: 'ended' });
    }
    const data = copy();
    if (data !== null) {
      const time = performance.now() - started;
      const choice = { label: state.label, limit: mostFunctions };
      state = reduceLive(state, { type: 'update', update: liveUpdate(data, { time }, choice) });
    }
    show();
  };
  const pulse = new Pulse(() => {
    if (document.hidden || !isSeen) return false;
    update();
    return true;
  }, interval);
  const wake = (): void => pulse.start();
  const act = (action: LiveAction): void => {
    const { label } = state;
    state = reduceLive(state, action);
    if (state.label === label) show();
    else update();
  };

  elements.root.addEventListener('keydown', (event) => {
    const action = actionOfKey(event);
    if (event.key === '/' && !(event.target instanceof HTMLInputElement)) {
      event.preventDefault();
      elements.filter.focus();
    }
    if (action === null) return;
    event.preventDefault();
    act(action);
  });
  for (const [by, button] of Object.entries(elements.heads)) {
    button.addEventListener('click', () =>
      act({ type: 'sort', by: by as keyof typeof elements.heads }),
    );
  }
  elements.pause.addEventListener('click', () => act({ type: 'pause' }));
  elements.baseline.addEventListener('click', () => act({ type: 'baseline' }));
  elements.filter.addEventListener('input', () =>
    act({ type: 'filter', text: elements.filter.value }),
  );
  elements.label.addEventListener('change', () => {
    const [chosen] = elements.label.selectedOptions;
    act({ type: 'choose', label: chosen?.dataset['label'] ?? null });
  });
  const seen = new IntersectionObserver((entries) => {
    isSeen = entries.at(-1)!.isIntersecting;
    wake();
  });
  seen.observe(host);
  document.addEventListener('visibilitychange', wake);
  element.append(host);
  wake();
  return {
    update,
    unmount() {
      pulse.stop();
      seen.disconnect();
      document.removeEventListener('visibilitychange', wake);
      host.remove();
    },
  };
}
