/** What a process of this system always has and Emscripten makes up where it is left out. */
const madeUp = ['USER', 'LOGNAME', 'PATH', 'PWD', 'HOME', 'LANG', '_'];

/**
 * Environment variables as `new LuaFactory(undefined, …)` takes them, so that `os.getenv` gives the
 * bytes that the process has, and nothing that it has not.
 */
export function luaEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const all: Record<string, string | undefined> = {};
  for (const name of madeUp) all[name] = undefined;
  for (const [name, value] of Object.entries(variables)) {
    // Emscripten puts a byte for each character.
    if (value !== undefined) all[binary(name)] = binary(value);
  }
  return all as Record<string, string>;
}

function binary(text: string): string {
  return Buffer.from(text).toString('latin1');
}
