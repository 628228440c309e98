/**
 * A function of two objects that keeps what it gave for as long as both live: a view that is left
 * and entered again computes nothing twice.
 */
export function remembered<First extends object, Second extends object, Result>(
  make: (first: First, second: Second) => Result,
): (first: First, second: Second) => Result {
  const kept = new WeakMap<First, WeakMap<Second, { readonly result: Result }>>();
  return (first, second) => {
    const ofFirst = kept.get(first) ?? new WeakMap<Second, { readonly result: Result }>();
    kept.set(first, ofFirst);
    const found = ofFirst.get(second) ?? { result: make(first, second) };
    ofFirst.set(second, found);
    return found.result;
  };
}
