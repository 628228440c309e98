/** How a value looks in a message: short, and never the work of a hostile toString. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60));
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}

/** What a guest throws may be anything, also something that cannot be turned into text. */
export function errorText(error: unknown): string {
  try {
    return String(error);
  } catch {
    return 'an error without a text';
  }
}
