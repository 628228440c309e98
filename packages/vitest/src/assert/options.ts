/** @throws TypeError for an option that nobody knows. */
export function checkOptions(options: object, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    throw new TypeError(`unknown option ${JSON.stringify(key)}; it takes ${known.join(', ')}`);
  }
}
