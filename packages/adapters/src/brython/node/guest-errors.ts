import { type Exit, exitWith, foldedPlaces } from '../../python/node/uncaught.ts';
import type { BrythonInternals, GuestFrame, GuestObject } from '../host.ts';

type Internals = BrythonInternals & {
  $isinstance(value: unknown, guestClass: unknown): boolean;
  class_name(value: unknown): string;
  error_trace(error: unknown): string;
  exception(error: unknown): GuestObject;
};

type TracebackEntry = {
  readonly tb_frame: GuestFrame;
  readonly tb_lineno: number;
  readonly tb_next?: TracebackEntry;
};

/** The exit status that `SystemExit` asks for, with its message; `null` for other exceptions. */
export function exitOf($B: BrythonInternals, error: unknown): Exit | null {
  const internals = $B as Internals;
  const { SystemExit, None: none } = $B.builtins;
  if (error === SystemExit) return exitWith(null, String);
  if (!isGuestObject(error) || !internals.$isinstance(error, SystemExit)) return null;
  const code = (error['args'] as readonly unknown[] | undefined)?.[0] ?? none;
  const isNumber = typeof code === 'number' || typeof code === 'boolean';
  return exitWith(isNumber ? Number(code) : code === none ? null : undefined, () =>
    textOf($B, code),
  );
}

/** The text that CPython prints for an exception that nobody caught, newline at the end. */
export function formatGuestError($B: BrythonInternals, error: unknown): string {
  const internals = $B as Internals;
  const { SyntaxError: syntaxError } = $B.builtins;
  const exception = internals.exception(error);
  if (internals.$isinstance(exception, syntaxError)) {
    return `${internals.error_trace(exception).replace(/^\n/, '').trimEnd()}\n`;
  }
  return chain($B, exception, new Set());
}

function chain($B: BrythonInternals, error: GuestObject, seen: Set<GuestObject>): string {
  seen.add(error);
  const { None } = $B.builtins;
  const isLink = (other: unknown): other is GuestObject =>
    isGuestObject(other) && other !== None && !seen.has(other);
  const { __cause__: cause, __context__: context, suppress_context: isSuppressed } = error;
  let before = '';
  if (isLink(cause)) {
    before = `${chain($B, cause, seen)}\nThe above exception was the direct cause of the following exception:\n\n`;
  } else if (isLink(context) && isSuppressed !== true) {
    before = `${chain($B, context, seen)}\nDuring handling of the above exception, another exception occurred:\n\n`;
  }
  return `${before}Traceback (most recent call last):\n${stackOf($B, error)}${headline($B, error)}\n`;
}

/** Frames, oldest first. */
function stackOf($B: BrythonInternals, error: GuestObject): string {
  const places: string[] = [];
  let entry = error['__traceback__'] as TracebackEntry | undefined;
  for (; entry?.tb_frame !== undefined; entry = entry.tb_next) places.push(frameText($B, entry));
  return foldedPlaces(places);
}

function frameText(
  $B: BrythonInternals,
  { tb_frame: frame, tb_lineno: line }: TracebackEntry,
): string {
  const file = frame.__file__ ?? '<unknown>';
  const name = frame[0] === frame[2] ? '<module>' : String(frame[0]);
  const source = file.startsWith('<') ? undefined : $B.file_cache[file];
  const text = source?.split('\n')[line - 1]?.trim() ?? '';
  const head = `  File "${file}", line ${line}, in ${name}\n`;
  return text === '' ? head : `${head}    ${text}\n`;
}

/** `ValueError: text`, with the module's name for classes of the guest's modules. */
function headline($B: BrythonInternals, error: GuestObject): string {
  const name = ($B as Internals).class_name(error);
  const text = textOf($B, error);
  const module = moduleOf($B, error);
  return `${module}${name}${text === '' ? '' : `: ${text}`}`;
}

function moduleOf($B: BrythonInternals, error: GuestObject): string {
  try {
    const getattr = $B['$getattr'] as (object: unknown, name: string) => unknown;
    const module = getattr($B.get_class(error), '__module__');
    const isPlain = typeof module !== 'string' || module === 'builtins' || module === '__main__';
    return isPlain ? '' : `${module}.`;
  } catch {
    return '';
  }
}

function textOf($B: BrythonInternals, value: unknown): string {
  try {
    const { str } = $B.builtins as unknown as { str: { $factory(value: unknown): unknown } };
    return String(str.$factory(value));
  } catch {
    return '<exception str() failed>';
  }
}

function isGuestObject(value: unknown): value is GuestObject {
  return typeof value === 'object' && value !== null;
}
