import type { BrythonInternals } from '../host.ts';
import type { NativeFunctions } from './file-functions.ts';
import type { GuestValues } from './guest-values.ts';

type Token = {
  readonly type: number;
  readonly num_type: number;
  readonly string: string;
  readonly lineno: number;
  readonly col_offset: number;
  readonly end_lineno: number;
  readonly end_col_offset: number;
  readonly line: string;
  readonly message?: string;
};

type Internals = BrythonInternals & {
  tokenizer(source: string, filename: string): Iterable<Token>;
  readonly py_tokens: Readonly<Record<string, number>>;
};

/** The function under the guest's `tokenize`; see guest/_tokenize.py. */
export function tokenFunctions($B: BrythonInternals, values: GuestValues): NativeFunctions {
  const { tokenizer, py_tokens: kinds } = $B as Internals;
  return {
    /** Tokens as Python's tuples; one of message, line and column where the source goes wrong. */
    tokens(source: unknown, isComplete: boolean) {
      const tuples: unknown[] = [];
      for (const token of tokenizer(values.textOf(source), '<string>')) {
        const { type, num_type: kind, lineno, col_offset: column } = token;
        if (kind === kinds['ENCODING']) continue;
        if (kind === kinds['ERRORTOKEN']) {
          tuples.push(values.tuple([values.text(token.message ?? ''), lineno, column]));
          break;
        }
        if (!isComplete && (kind === kinds['COMMENT'] || kind === kinds['NL'])) continue;
        tuples.push(
          values.tuple([
            type,
            values.text(textOf(token, kinds)),
            values.tuple([lineno, column]),
            values.tuple([token.end_lineno, token.end_col_offset]),
            values.text(token.line),
          ]),
        );
      }
      return values.list(tuples);
    },
  };
}

/** Brython leaves out what an indentation consists of. */
function textOf(
  { num_type: kind, string, line, end_col_offset: end }: Token,
  kinds: Internals['py_tokens'],
): string {
  return kind === kinds['INDENT'] ? line.slice(0, end) : string;
}
