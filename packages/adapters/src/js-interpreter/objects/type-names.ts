import type { GuestObject, JsInterpreter, Node } from '../host.ts';

/** Names the types of guest objects by what made them. */
export class TypeNames {
  /** Prototypes of the interpreter's own classes: `Date`, `TypeError`, … */
  readonly #known = new Map<GuestObject, string>();

  constructor(interpreter: JsInterpreter) {
    const { properties } = interpreter.globalObject;
    // Most of them are not enumerable.
    for (const name of Object.getOwnPropertyNames(properties)) {
      const value = properties[name] as Partial<GuestObject> | null | undefined;
      const prototype = value?.properties?.['prototype'];
      if (isObject(prototype)) this.#known.set(prototype, name);
    }
  }

  /** Of an object with this prototype. What has none holds variables, or was made by `Object.create(null)`. */
  of(prototype: GuestObject | null): string {
    if (prototype === null) return '(scope)';
    const known = this.#known.get(prototype);
    if (known !== undefined) return known;
    const maker = prototype.properties['constructor'] as { node?: Node } | null | undefined;
    return maker?.node?.id?.name ?? 'Object';
  }
}

function isObject(value: unknown): value is GuestObject {
  return typeof value === 'object' && value !== null && 'properties' in value;
}
