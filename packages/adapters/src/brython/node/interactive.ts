import type { BrythonInternals, SyntaxNode } from '../host.ts';

type Statement = SyntaxNode & Readonly<Record<string, unknown>>;

type Internals = BrythonInternals & {
  $getattr(object: unknown, name: string): unknown;
};

/** Member of `$B`: notes the expressions of a text that was compiled as `single`. */
const noteMember = '$tracemalloc_note_shown';
/** Member of `$B`: shows the value of one. */
const showMember = '$tracemalloc_show';

/** Parts of statements that run in the frame that the statement runs in. */
const blocks = ['body', 'orelse', 'handlers', 'finalbody', 'cases'];

/** `compile(text, name, 'single')` of Brython prints values as `print` does; ours asks {@link showExpressions}. */
export function interactiveText(brython: string): string {
  return brython.replace(
    "if($.mode=='single' && _ast.body.length==1 &&",
    `if($.mode=='single' && $.flags!=$B.PyCF_ONLY_AST && $B.${noteMember}?.(_ast)!==true && _ast.body.length==1 &&`,
  );
}

/**
 * In a text compiled as `single`, as `doctest` and consoles do, the value of each expression
 * statement goes to `sys.displayhook`, in loops, too.
 */
export function showExpressions($B: BrythonInternals): void {
  const internals = $B as Internals;
  const shown = new WeakSet<object>();
  const kinds = new Map(
    ['AsyncFunctionDef', 'ClassDef', 'FunctionDef'].map((name) => [$B.ast[name]?.prototype, name]),
  );
  const note = (statements: unknown): void => {
    if (!Array.isArray(statements)) return;
    for (const statement of statements as Statement[]) {
      shown.add(statement);
      if (kinds.has(Object.getPrototypeOf(statement))) continue;
      for (const block of blocks) note(statement[block]);
    }
  };
  const prototype = $B.ast['Expr']?.prototype;
  const write = prototype?.to_js;
  if (write === undefined) return;
  const { Pass, Constant } = $B.ast as unknown as Readonly<Record<string, new () => Statement>>;
  $B[noteMember] = ({ body }: { readonly body: (Statement & { value?: unknown })[] }) => {
    note(body);
    // A text that comes first is no documentation.
    const [first] = body;
    if (first?.value instanceof Constant!)
      body.unshift(Object.assign(new Pass!(), positionOf(first)));
    return true;
  };
  $B[showMember] = (value: unknown) => {
    const { sys } = $B.imported;
    if (sys !== undefined) $B.$call(internals.$getattr(sys, 'displayhook'), value);
  };
  prototype!.to_js = function (this: SyntaxNode, ...scopes: unknown[]) {
    const js = write.apply(this, scopes);
    if (!shown.has(this)) return js;
    const [, line, value] = /^(\s*\$B\.set_lineno\(frame, \d+\);\n)(.*)$/s.exec(js) ?? [];
    return value === undefined ? js : `${line}$B.${showMember}((${value}))`;
  };
}

function positionOf({ lineno, end_lineno, col_offset, end_col_offset }: Statement): object {
  return { lineno, end_lineno, col_offset, end_col_offset };
}
