import { Buffer } from 'node:buffer';
import type { BrythonInternals, GeneratedCode } from '../host.ts';

type Argument = {
  filename: string;
  src: string;
  readonly symtable?: { readonly table?: { filename?: string } };
};

type Internals = BrythonInternals & { readonly url2name: Record<string, string> };

/** What may stand between quotes as it is. */
const plainFile = /^[^'"\\\p{Cc}\u2028\u2029]*$/u;
/** What may be part of a variable's name when its dots are taken out. */
const plainModule = /^[\p{ID_Start}_$][\p{ID_Continue}.$]*$/u;

/**
 * Brython writes the names of files and modules into the JavaScript that it makes, as they are: a
 * quote in one would end its string, and what follows would run. Such names are compiled as others,
 * which are then replaced by the real ones as JavaScript texts.
 */
export function compileSafely($B: BrythonInternals): void {
  const internals = $B as Internals;
  $B[identifierMember] = (name: unknown) => identifierOf(String(name));
  const compile = $B.js_from_root;
  $B.js_from_root = (argument) => {
    const { filename } = argument as Argument;
    const name = internals.url2name[filename] ?? filename;
    if (isPlainFile(filename) && plainModule.test(name)) return compile(argument);
    return compileAs(internals, compile, argument as Argument, name);
  };
}

/** What stands for a module's name in variables of the JavaScript that Brython makes. */
export function identifierOf(name: string): string {
  return plainModule.test(name) ? name : `tm$${Buffer.from(name).toString('hex')}`;
}

/** Member of `$B`: {@link identifierOf}, for {@link safeNames}. */
const identifierMember = '$tracemalloc_identifier';

/** Where `eval` and `exec` of Brython put names into JavaScript themselves. */
export function safeNames(brython: string): string {
  return brython
    .replaceAll(
      /(js=`var __file__ = )'(\$\{)(filename)(\})'/g,
      (_, before, open, name, close) => `${before}${open}JSON.stringify(${name})${close}`,
    )
    .replace(
      "var local_name=('locals_'+__name__).replace(",
      `__name__=$B.${identifierMember}?.(__name__)??__name__;$&`,
    );
}

function isPlainFile(filename: unknown): boolean {
  return typeof filename !== 'string' || plainFile.test(filename);
}

function compileAs(
  { url2name }: Internals,
  compile: (argument: unknown) => GeneratedCode,
  argument: Argument,
  name: string,
): GeneratedCode {
  const { filename, src, symtable } = argument;
  // Of code that is compiled already there is no text.
  const file = unusedWord('tm_file_', typeof src === 'string' ? src : '');
  const module = identifierOf(name);
  url2name[file] = module;
  const table = symtable?.table;
  if (table !== undefined) table.filename = file;
  try {
    const generated = compile({ ...argument, filename: file });
    const js = withText(String(generated.js), file, filename);
    return { ...generated, js: module === name ? js : withText(js, module, name) };
  } finally {
    delete url2name[file];
    if (table !== undefined) table.filename = filename;
  }
}

/** Replaces a word where it is all of a JavaScript text. */
function withText(js: string, word: string, text: string): string {
  return js.replaceAll(new RegExp(`(["'])${word.replace('$', '\\$')}\\1`, 'g'), () =>
    JSON.stringify(text).replaceAll(
      /[\u2028\u2029]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16)}`,
    ),
  );
}

/** A word that is nowhere in a source. */
function unusedWord(prefix: string, source: string): string {
  let number = 0;
  while (source.includes(prefix + number)) number++;
  return prefix + number;
}
