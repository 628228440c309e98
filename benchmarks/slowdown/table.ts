/** A way in which programs are run. */
export type Column = { readonly name: string };

/** How most adapters are compared: frames kept; 0 = attached and off, −1 = no adapter. */
export const adapterColumns = [
  { name: 'no adapter', nframe: -1 },
  { name: 'attached, off', nframe: 0 },
  { name: 'nframe 1', nframe: 1 },
  { name: 'nframe 25', nframe: 25 },
] as const;

/** Milliseconds of the processor that `work` takes, which other processes lengthen little. */
export function processorTime(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

/**
 * Prints how many times longer programs run than in the first column. Columns take turns, so that a busy machine
 * slows all of them alike.
 * @param sample Milliseconds of one run.
 */
export async function printSlowdowns<C extends Column>(
  programs: Readonly<Record<string, string>>,
  columns: readonly C[],
  sample: (program: string, column: C) => number | Promise<number>,
  rounds: number = Number(process.argv[2] ?? 5),
): Promise<void> {
  console.log(`| program | ${columns.map(({ name }) => name).join(' | ')} |`);
  console.log(`|${'---|'.repeat(columns.length + 1)}`);
  for (const [name, program] of Object.entries(programs)) {
    const times = columns.map(() => [] as number[]);
    for (const column of columns) await sample(program, column);
    for (let round = 0; round < rounds; round++) {
      for (const [i, column] of columns.entries()) times[i]!.push(await sample(program, column));
    }
    const base = times[0]!;
    const cells = times.map((column, i) => {
      if (i === 0) return `${median(column).toFixed(0)} ms`;
      return `${median(column.map((time, round) => time / base[round]!)).toFixed(2)}×`;
    });
    console.log(`| ${name} | ${cells.join(' | ')} |`);
  }
}
