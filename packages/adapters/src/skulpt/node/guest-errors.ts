import type { SkulptHost } from '../host.ts';

/** An exception of the guest. Places are added from the inside out, without names of functions. */
type GuestError = {
  readonly args: { readonly v: readonly GuestArgument[] };
  readonly tp$name: string;
  readonly traceback: readonly { readonly filename?: unknown; readonly lineno?: unknown }[];
  tp$str(): { readonly v: string };
};

type GuestArgument = { readonly v?: unknown };

type Errors = {
  readonly builtin: {
    readonly none: { readonly none$: unknown };
    readonly [name: string]: unknown;
  };
  readonly misceval: { objectRepr(value: unknown): string };
};

type ErrorClass = new (...args: never[]) => GuestError;

/** The exit status that SystemExit asks for, with its message; `null` for other exceptions. */
export function exitOf(Sk: SkulptHost, error: unknown): { code: number; message: string } | null {
  const { builtin } = Sk as unknown as Errors;
  if (!(error instanceof (builtin['SystemExit'] as ErrorClass))) return null;
  const code = error.args.v[0];
  if (code === undefined || code === builtin.none.none$) return { code: 0, message: '' };
  if (code instanceof (builtin['int_'] as new () => GuestArgument)) {
    return { code: Number(code.v) & 0xff, message: '' };
  }
  return { code: 1, message: `${error.tp$str().v}\n` };
}

/**
 * What ended a program, as CPython prints it but for the names of functions.
 * @param textOf Source text of a file that was compiled.
 */
export function formatGuestError(
  Sk: SkulptHost,
  error: unknown,
  textOf: (filename: string) => string | undefined,
): string {
  const { builtin } = Sk as unknown as Errors;
  if (!(error instanceof (builtin['BaseException'] as ErrorClass))) return `${String(error)}\n`;
  const stack = [...error.traceback]
    .reverse()
    .flatMap(({ filename, lineno }) =>
      typeof filename === 'string' && typeof lineno === 'number'
        ? [placeText(filename, lineno, textOf(filename))]
        : [],
    );
  const isSyntax = error instanceof (builtin['SyntaxError'] as ErrorClass);
  const header = isSyntax && stack.length <= 1 ? '' : 'Traceback (most recent call last):\n';
  const text = messageOf(Sk as unknown as Errors, error);
  return `${header}${folded(stack).join('')}${error.tp$name}${text === '' ? '' : `: ${text}`}\n`;
}

/** Python's text of an exception: a key that is missing is shown as in code. */
function messageOf({ builtin, misceval }: Errors, error: GuestError): string {
  const isKey = error instanceof (builtin['KeyError'] as ErrorClass) && error.args.v.length === 1;
  return isKey ? misceval.objectRepr(error.args.v[0]) : error.tp$str().v;
}

/** How many equal places are printed one after another, as in CPython. */
const maxRepeats = 3;

/** Places of endless recursion, the repeated ones only counted. */
function folded(stack: readonly string[]): string[] {
  const lines: string[] = [];
  let repeats = 0;
  const more = (): void => {
    const left = repeats - maxRepeats;
    if (left > 0)
      lines.push(`  [Previous line repeated ${left} more time${left > 1 ? 's' : ''}]\n`);
  };
  for (const [i, place] of stack.entries()) {
    if (place !== stack[i - 1]) {
      more();
      repeats = 0;
    }
    repeats++;
    if (repeats <= maxRepeats) lines.push(place);
  }
  more();
  return lines;
}

function placeText(filename: string, line: number, source: string | undefined): string {
  const text = source?.split(/\r\n|\r|\n/)[line - 1]?.trim() ?? '';
  const head = `  File "${filename}", line ${line}\n`;
  return text === '' ? head : `${head}    ${text}\n`;
}
