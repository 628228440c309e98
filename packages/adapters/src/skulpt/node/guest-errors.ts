import { type Exit, exitWith, foldedPlaces } from '../../python/node/uncaught.ts';
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
export function exitOf(Sk: SkulptHost, error: unknown): Exit | null {
  const { builtin } = Sk as unknown as Errors;
  if (!(error instanceof (builtin['SystemExit'] as ErrorClass))) return null;
  const code = error.args.v[0] ?? builtin.none.none$;
  const isNumber = code instanceof (builtin['int_'] as new () => GuestArgument);
  const status = isNumber ? Number(code.v) : code === builtin.none.none$ ? null : undefined;
  return exitWith(status, () => error.tp$str().v);
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
  return `${header}${foldedPlaces(stack)}${error.tp$name}${text === '' ? '' : `: ${text}`}\n`;
}

/** Python's text of an exception: a key that is missing is shown as in code. */
function messageOf({ builtin, misceval }: Errors, error: GuestError): string {
  const isKey = error instanceof (builtin['KeyError'] as ErrorClass) && error.args.v.length === 1;
  return isKey ? misceval.objectRepr(error.args.v[0]) : error.tp$str().v;
}

function placeText(filename: string, line: number, source: string | undefined): string {
  const text = source?.split(/\r\n|\r|\n/)[line - 1]?.trim() ?? '';
  const head = `  File "${filename}", line ${line}\n`;
  return text === '' ? head : `${head}    ${text}\n`;
}
