const numbers = new WeakMap<object, number>();
let last = 0;

/** A number for each function: two fingerprints can then be compared as text. */
function numberOf(value: object): number {
  let number = numbers.get(value);
  if (number === undefined) {
    number = ++last;
    numbers.set(value, number);
  }
  return number;
}

/**
 * The functions that an object, and the objects on it, have as members of their own, as names and
 * numbers: a fingerprint of a host, for `ConformanceGuest.fingerprint`.
 *
 * @param depth How many objects deep it looks; 1 is the members of `object` only.
 */
export function functionsOf(object: object, depth = 2, path = ''): [string, number][] {
  const found: [string, number][] = [];
  for (const key of Reflect.ownKeys(object)) {
    const { value, get } = Object.getOwnPropertyDescriptor(object, key)!;
    const member: unknown = value ?? get;
    const name = `${path}.${String(key)}`;
    if (typeof member === 'function') found.push([name, numberOf(member)]);
    const isOpen = (typeof member === 'object' && member !== null) || typeof member === 'function';
    if (isOpen && depth > 1) found.push(...functionsOf(member, depth - 1, name));
  }
  return found;
}
