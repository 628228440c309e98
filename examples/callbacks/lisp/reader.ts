/** A piece of source, with the line that it begins on. */
export type Form =
  | { readonly line: number; readonly number: number }
  | { readonly line: number; readonly symbol: string }
  | { readonly line: number; readonly items: readonly Form[] };

/** What goes wrong in a program: `(throw 'value)`, or a mistake. */
export class LispError extends Error {
  override readonly name = 'LispError';
}

/** The forms of a file. `;` begins a comment. @throws LispError for unbalanced parentheses. */
export function read(source: string): Form[] {
  const open: Form[][] = [[]];
  const lines: number[] = [];
  for (const [i, text] of source.split('\n').entries()) {
    for (const [token] of text.replace(/;.*/, '').matchAll(/[()']|[^\s()']+/g)) {
      const line = i + 1;
      if (token === '(') {
        open.push([]);
        lines.push(line);
      } else if (token === ')') {
        const items = open.pop()!;
        const start = lines.pop();
        if (start === undefined) throw new LispError(`line ${line}: ) without (`);
        open.at(-1)!.push({ line: start, items });
      } else {
        open.at(-1)!.push(atom(token, line));
      }
    }
  }
  if (lines.length > 0) throw new LispError(`line ${lines.at(-1)}: ( without )`);
  return quoted(open[0]!);
}

function atom(token: string, line: number): Form {
  const number = Number(token);
  return Number.isInteger(number) ? { line, number } : { line, symbol: token };
}

/** `'x` is `(quote x)`. */
function quoted(forms: readonly Form[]): Form[] {
  const result: Form[] = [];
  for (let i = 0; i < forms.length; i++) {
    const form = forms[i]!;
    if ('symbol' in form && form.symbol === "'") {
      const [next] = quoted(forms.slice(++i, i + 1));
      if (next === undefined) throw new LispError(`line ${form.line}: nothing is quoted`);
      result.push({ line: form.line, items: [{ line: form.line, symbol: 'quote' }, next] });
    } else {
      result.push('items' in form ? { line: form.line, items: quoted(form.items) } : form);
    }
  }
  return result;
}
