type Process = { getBuiltinModule?(name: string): unknown };

/** A module of Node's, Bun's or Deno's own, with no import that a browser would stumble over. */
export function builtin<Module>(name: string): Module | null {
  const { process } = globalThis as { process?: Process };
  return (process?.getBuiltinModule?.(name) as Module | undefined) ?? null;
}
