import { shown } from './shown.ts';

/** What an option may be: one of some values, or a value of a kind. */
export type OptionRule =
  | readonly (string | boolean)[]
  | 'boolean'
  | 'function'
  | 'number'
  | 'object'
  | 'object or null'
  | 'string';

/**
 * Checks the options of a call, so that a typo is an error and not a default, and no misspelled
 * word gets into the metadata. An option that is `undefined` was left out.
 * @param call How messages call it: `attachBrython`.
 * @param rules By name of an option, what it may be: all that there are.
 * @throws TypeError for options that are no object, for unknown ones, and for values of another
 *   type; RangeError for a text that is none of the choices. The message names the option and what
 *   it may be.
 */
export function checkOptions<T extends object>(
  call: string,
  options: T,
  rules: { readonly [name in keyof Required<T>]: OptionRule },
): void {
  if (!isObject(options)) {
    throw new TypeError(`options of ${call} must be an object, got ${shown(options)}`);
  }
  for (const [name, value] of Object.entries(options)) {
    const rule = Object.hasOwn(rules, name) ? rules[name as keyof T] : undefined;
    if (rule === undefined) {
      const known = Object.keys(rules).join(', ');
      throw new TypeError(`unknown option ${shown(name)} of ${call}; it takes ${known}`);
    }
    if (value !== undefined) checkValue(`option ${name} of ${call}`, value, rule);
  }
}

function checkValue(name: string, value: unknown, rule: OptionRule): void {
  if (typeof rule === 'string') {
    if (isOfKind(value, rule)) return;
    const article = rule.startsWith('object') ? 'an' : 'a';
    throw new TypeError(`${name} must be ${article} ${rule}, got ${shown(value)}`);
  }
  if (rule.includes(value as string | boolean)) return;
  const choices = rule.map((choice) => JSON.stringify(choice)).join(' or ');
  throw new RangeError(`${name} must be ${choices}, got ${shown(value)}`);
}

function isOfKind(value: unknown, kind: string): boolean {
  if (kind === 'object') return isObject(value);
  if (kind === 'object or null') return value === null || isObject(value);
  return typeof value === kind;
}

function isObject(value: unknown): boolean {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
