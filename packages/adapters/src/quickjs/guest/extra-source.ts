/** The guest's module, as it is imported; its frames, which have this as their file, are left out. */
export const extraName = 'tracemalloc_extra';

/** Where its functions are while it is loaded. */
export const nativesName = '__tracemalloc_natives';

/** The source of the guest's `tracemalloc_extra`: it checks arguments, and leaves the work to the functions that it is given. */
export const extraSource: string = `const natives = globalThis.${nativesName};

const checked = (name) => {
  if (typeof name !== 'string') throw new TypeError('name must be a string, not ' + typeof name);
  return name;
};

class Scope {
  #open = true;
  close() {
    if (!this.#open) return;
    this.#open = false;
    natives.popLabel();
  }
}
if (typeof Symbol.dispose === 'symbol') Scope.prototype[Symbol.dispose] = Scope.prototype.close;

/**
 * label('parsing') labels what the calling function allocates until close() of what it gives;
 * label('request', f) gives f, labelled whenever it runs.
 */
export function label(name, f) {
  checked(name);
  if (f === undefined) {
    natives.pushLabel(name);
    return new Scope();
  }
  if (typeof f !== 'function') throw new TypeError('f must be a function, not ' + typeof f);
  if (natives.labelFunction(name, f)) return f;
  // A bound function or a proxy.
  const labelled = function (...values) {
    return new.target ? Reflect.construct(f, values) : Reflect.apply(f, this, values);
  };
  natives.labelFunction(name, labelled);
  return labelled;
}

/** Names this moment in the time line, if one is recorded. */
export function mark(name) {
  natives.mark(checked(name));
}

/** Bytes that may live together from now on; null: as many as whoever runs the program allows. */
export function limit(size) {
  if (size !== null && !Number.isSafeInteger(size)) {
    throw new TypeError('size must be an integer or null, not ' + typeof size);
  }
  const problem = natives.limit(size);
  if (problem !== undefined) throw new RangeError(problem);
}

// Scripts can't wait for an import.
if (globalThis.require === undefined) {
  const extra = { label, limit, mark };
  const require = (name) => {
    if (name === '${extraName}') return extra;
    throw new Error("Cannot find module '" + name + "'");
  };
  Object.defineProperty(globalThis, 'require', { value: require, configurable: true, writable: true });
}
`;
