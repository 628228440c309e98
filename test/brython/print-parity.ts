import { parityTable } from '../python/parity.ts';
import { compareWithCpython } from './programs.ts';

const agreements = await compareWithCpython();
const lines = [parityTable(agreements)];
for (const { program, differences } of agreements) {
  if (differences.length > 0) lines.push('', program, ...differences.map((text) => `  ${text}`));
}
process.stdout.write(`${lines.join('\n')}\n`);
