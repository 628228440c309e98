/** Style of the view; it is in a shadow root, so the page's own neither meets nor changes it. */
export const liveStyle: string = `
:host { display: block; container-type: inline-size; }
.live {
  --bg: light-dark(#ffffff, #1b1f26);
  --fg: light-dark(#1d2430, #dfe4ec);
  --muted: light-dark(#59626f, #9aa5b6);
  --line: light-dark(#d9dee6, #323944);
  --accent: light-dark(#1a6a5c, #58c2ad);
  --fill: light-dark(#cfe9e3, #234740);
  display: grid;
  gap: .6rem;
  padding: .75rem .85rem;
  border: 1px solid var(--line);
  border-radius: 8px;
  background: var(--bg);
  color: var(--fg);
  font: 14px/1.45 system-ui, sans-serif;
  font-variant-numeric: tabular-nums;
}
.live:focus-visible, button:focus-visible, select:focus-visible, input:focus-visible, .rows:focus-visible {
  outline: 2px solid var(--accent);
  outline-offset: 1px;
}
.figures { display: flex; flex-wrap: wrap; gap: .1rem 1.4rem; margin: 0; }
.figures div { display: flex; gap: .4rem; align-items: baseline; }
dt { color: var(--muted); }
dd { margin: 0; font-weight: 600; }
svg { display: block; width: 100%; height: 64px; border-bottom: 1px solid var(--line); }
.area { fill: var(--fill); }
.edge { fill: none; stroke: var(--accent); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
.controls { display: flex; flex-wrap: wrap; gap: .4rem .6rem; align-items: center; }
label { display: flex; gap: .4rem; align-items: center; color: var(--muted); }
button, select, input {
  padding: .25rem .6rem;
  border: 1px solid var(--line);
  border-radius: 6px;
  background: var(--bg);
  color: var(--fg);
  font: inherit;
}
select { max-width: 12rem; }
input { width: 10rem; }
button { cursor: pointer; }
button[aria-pressed="true"] { border-color: var(--accent); background: var(--fill); }
.rows { overflow: auto; max-height: 20rem; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .2rem .5rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th { position: sticky; top: 0; background: var(--bg); color: var(--muted); font-weight: 500; }
th:last-child, td:last-child { width: 100%; text-align: left; }
th button { padding: 0; border: 0; background: none; color: inherit; }
th[aria-sort="descending"] button { color: var(--fg); font-weight: 650; }
td small { margin-left: .6rem; color: var(--muted); font-size: inherit; }
.note { margin: 0; color: var(--muted); }
@container (max-width: 36rem) { .part { display: none; } }
`;
