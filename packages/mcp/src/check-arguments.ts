import type { Argument, Arguments, Tool } from './tools.ts';

/** The arguments of a call, if they are what the tool takes. @throws RangeError that names what is wrong. */
export function checkArguments(tool: Tool, given: unknown): Arguments {
  const values = given === undefined || given === null ? {} : given;
  if (typeof values !== 'object' || Array.isArray(values)) {
    throw new RangeError('arguments must be an object');
  }
  for (const [name, value] of Object.entries(values)) {
    const spec = Object.hasOwn(tool.arguments, name) ? tool.arguments[name] : undefined;
    if (spec === undefined) {
      const known = Object.keys(tool.arguments).join(', ');
      throw new RangeError(
        `${tool.name} takes ${known}; it has no argument ${JSON.stringify(name)}`,
      );
    }
    checkValue(name, value, spec);
  }
  const missing = tool.required.find((name) => !Object.hasOwn(values, name));
  if (missing !== undefined) throw new RangeError(`${tool.name} needs ${missing}`);
  return values as Arguments;
}

function checkValue(name: string, value: unknown, spec: Argument): void {
  const { type, minimum = 0, enum: choices } = spec;
  const isRight =
    type === 'string'
      ? typeof value === 'string'
      : Number.isSafeInteger(value) && (value as number) >= minimum;
  if (!isRight) {
    const what = type === 'string' ? 'a string' : `an integer from ${minimum}`;
    throw new RangeError(`${name} must be ${what}, got ${JSON.stringify(value)}`);
  }
  if (choices !== undefined && !choices.includes(value as string)) {
    throw new RangeError(`${name} must be ${choices.join(', ')}; got ${JSON.stringify(value)}`);
  }
}
