import type { Findings } from '@tracemalloc/adapters/conformance';

const intro = `# Conformance

One suite runs the same programs, written in each guest's language, in every adapter, and compares what the tracer says with what
the programs do (\`@tracemalloc/adapters/conformance\`). An adapter that claims more than it does fails. \`npm run test:update\` writes this page.
`;

const legend = `
- **yes**: exactly what the program did. **modelled**: by a model of sizes, which the snapshot names. **–**: the guest has no such thing.
  **no**: the adapter does not claim it.
- *Frees*: when they are seen. \`exact\`: when they happen. \`gc-sync\`: whenever memory is read. \`gc-async\`: after a turn of the event loop.
  \`reachable\`: whenever memory is read, by a walk over what the program can still get at; what came and went between is not counted.

A new adapter here implements \`ConformanceHost\` in a file of \`test/conformance/hosts\`; one elsewhere [calls \`testConformance\`](writing-an-adapter.md#hold-it-to-its-word).
`;

/** The table adapter × property, as Markdown. */
export function conformancePage(all: readonly ({ readonly name: string } & Findings)[]): string {
  const rows: string[][] = [['', ...all.map(({ name }) => name)]];
  const properties = all[0]!.findings.map(({ property }) => property);
  for (const [i, property] of properties.entries()) {
    rows.push([property, ...all.map(({ findings }) => shown(findings[i]!.verdict))]);
  }
  for (const key of ['frees', 'sizes', 'lines'] as const) {
    rows.push([`declared ${key}`, ...all.map(({ caps }) => `\`${caps[key]}\``)]);
  }
  return `${intro}\n${table(rows)}\n${legend}`;
}

function shown(verdict: string): string {
  return verdict === 'none' ? '–' : verdict;
}

function table([head, ...body]: readonly string[][]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head!), line(head!.map(() => '---')), ...body.map(line)].join('\n');
}
