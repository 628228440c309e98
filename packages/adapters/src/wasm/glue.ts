/**
 * The name that Emscripten gave an export whose name it made short, by the JavaScript that came with the module:
 * `exportOfGlue(glue, 'malloc')` is `Ia` where that says `Module._malloc = exports.Ia`.
 *
 * @param glue The text of the file that loads the module.
 * @returns `null` where the text doesn't say, or says two.
 */
export function exportOfGlue(glue: string, name: string): string | null {
  const escaped = name.replace(/[^\w]/g, (letter) => `\\${letter}`);
  const after = String.raw`[\w$]+(?:\.(?<member>[\w$]+)|\[["'](?<key>[^"']+)["']\])`;
  // `sqlite3_free` ends in `_free`, too.
  const pattern = new RegExp(
    String.raw`(?<![\w$])_${escaped}(?:[\"']\])?\s*=\s*(?:[\w$.]+(?:\[[^\]]*\])?\s*=\s*)*${after}`,
    'g',
  );
  const found = new Set<string>();
  for (const { groups } of glue.matchAll(pattern))
    found.add((groups?.['member'] ?? groups?.['key'])!);
  return found.size === 1 ? [...found][0]! : null;
}
