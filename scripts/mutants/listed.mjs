import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Above those that nobody has given a reason. */
const unexplained = 'No reason yet';

/**
 * The changes of a folder that no test notices, as `scripts/mutants/survivors` lists them: a reason
 * after `#`, then a line each. Lines of sources move: a change is known by its file and the text.
 *
 * @returns reasons by the change's text, as many as there are equal ones.
 */
export function listedIn(path) {
  const reasons = new Map();
  let reason = unexplained;
  for (const line of existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []) {
    if (line.startsWith('# ')) reason = line.slice(2);
    else if (line !== '' && reason !== unexplained) add(reasons, keyOf(line), reason);
  }
  return reasons;
}

/** Writes what is left, under the reasons that are known, in the order of the sources. */
export function writeList(path, survivors) {
  const byReason = new Map();
  for (const { text, reason } of survivors) add(byReason, reason ?? unexplained, text);
  const parts = [...byReason].map(([reason, lines]) => `# ${reason}\n\n${lines.join('\n')}\n`);
  writeFileSync(path, parts.join('\n'));
}

/**
 * Takes from `reasons` the one of each mutant.
 *
 * @returns the mutants, each with its `text` as in lists, and its `reason` if it is listed.
 */
export function described(mutants, reasons) {
  const left = new Map([...reasons].map(([text, listed]) => [text, [...listed]]));
  const sources = new Map();
  return mutants.map((mutant) => {
    const { fileName } = mutant;
    if (!sources.has(fileName)) sources.set(fileName, readFileSync(fileName, 'utf8').split('\n'));
    const text = textOf(mutant, sources.get(fileName));
    return { ...mutant, text, reason: left.get(keyOf(text))?.shift() };
  });
}

/** The line with the change in it: `rows.ts:12: for (let row = 0; ⟦row < count → row <= count⟧; row += 1) {`. */
function textOf({ fileName, location, replacement }, lines) {
  const { start, end } = location;
  const line = lines[start.line];
  const stop = end.line === start.line ? end.column : line.length;
  const old = line.slice(start.column, stop);
  const change = `⟦${old} → ${replacement.replaceAll(/\s+/g, ' ')}⟧`;
  const shown = `${line.slice(0, start.column)}${change}${line.slice(stop)}`.trim();
  return `${fileName.slice(fileName.lastIndexOf('/src/') + 5)}:${start.line + 1}: ${shown}`;
}

/** The text of a change without the number of its line. */
function keyOf(text) {
  return text.replace(/:\d+: /, ': ');
}

function add(lists, key, value) {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
