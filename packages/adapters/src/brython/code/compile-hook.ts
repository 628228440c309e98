import type { Restorer } from '../../contract/index.ts';
import type { BrythonInternals, SyntaxNode } from '../host.ts';
import { onCompile, onNode } from './compiler.ts';
import { hooksMember } from './hooks.ts';
import { showSuspended } from './suspended.ts';

const hooks = `$B.${hooksMember}`;

/**
 * Edits the JavaScript that Brython generates from guest code: `def`, `lambda` and class bodies
 * are made there inline, where no instrumentation of brython.js can see them. Only code compiled
 * from now on is affected.
 */
export function installCompileHook(
  $B: BrythonInternals,
  restorer: Restorer,
  isWrapped: boolean,
): void {
  onCompile($B, restorer, (_, compile) => {
    const generated = compile();
    // `eval` of an expression passes something that only becomes a string later.
    const js = editGuestCode(String(generated.js));
    generated.js = isWrapped ? reportDictComprehensions(js) : js;
    return generated;
  });
  releaseAfterUnpacking($B, restorer);
  releaseAfterLoops($B, restorer);
  showSuspended($B, restorer);
  releaseSubjects($B, restorer);
  tellCopies($B, restorer);
}

/** `{**other}` shares the items of `other`. */
function tellCopies($B: BrythonInternals, restorer: Restorer): void {
  onNode($B, restorer, 'Dict', (_, write) => {
    const js = write();
    const isCopy = js.startsWith('_b_.dict.$literal(_b_.list.$factory(_b_.dict.tp_funcs.items(');
    return isCopy ? `${hooks}.copyOf(${js})` : js;
  });
}

/** One rule a form of generated code; each matches whole lines as the generator writes them. */
function editGuestCode(js: string): string {
  return (
    js
      // A function object comes to be where it gets its class.
      .replace(
        /^([ \t]*)([\w$]+)\.ob_type = \$B\.function;?$/gm,
        `$1${hooks}.stamped($2, $2.ob_type = $$B.function)`,
      )
      // The namespace of a call without arguments is no object of the guest's.
      .replace(/^([ \t]*var [\w$]+ = locals = )\$B\.empty_dict\(\);$/gm, `$1${hooks}.rawDict();`)
      // Parts of a class, which CPython keeps in the class itself or in its code.
      .replace(/^([ \t]*\}\)\('[^'\n]*', )\$B\.fast_tuple\(/gm, `$1${hooks}.rawTuple(`)
      .replace(
        /^([ \t]*locals\.__static_attributes__ = )\$B\.fast_tuple\(/gm,
        `$1${hooks}.rawTuple(`,
      )
      // Brython forgets the frame of a generator expression and then pops its caller's.
      .replace(/^([ \t]*)return (gen\d+)$/gm, '$1$2.$$frame = frame\n$1return $2')
      // Each lambda is kept alive in the namespace by the name of its place; nothing reads it.
      .replace(
        /^([ \t]*)locals_[\w$]+\.(lambda_[\w$]+?) = (lambda_[\w$]+)\n\s*return locals_[\w$]+\.\2$/gm,
        '$1return $3',
      )
      // V8 keeps what a function's earlier calls were given in its frame; more arguments write over it.
      .replace(/^([ \t]*\$B\.set_lineno\(frame, \d+)\)/gm, '$1,0,0,0,0,0,0,0,0,0,0,0,0)')
      // The class is built by the code around the class statement, after its body has ended.
      .replace(
        /^([ \t]*)var kls = \$B\.(?:\$class_constructor|\$tracemalloc\.constructed)\(/gm,
        `$1${hooks}.endBody($$B.frame_obj)\n$&`,
      )
  );
}

/** Where `$B.empty_dict` itself is not instrumented. */
function reportDictComprehensions(js: string): string {
  return js.replace(
    /^([ \t]*var result_\d+ = )\$B\.empty_dict\(\)/gm,
    `$1${hooks}.object($$B.empty_dict())`,
  );
}

/**
 * Clears the temporaries of `a, b = f()`, and of `a = f()` where `a` has a value. Brython leaves the
 * new value in JavaScript variables until the function returns, and with it all that it holds, which CPython frees at once.
 */
function releaseAfterUnpacking($B: BrythonInternals, restorer: Restorer): void {
  onNode<AssignNode>($B, restorer, 'Assign', (node, write) => {
    const written = write();
    const js = isExchange($B, node)
      ? written.replace(/^([ \t]*var v\d+ = )\$B\.fast_tuple\(/m, `$1${hooks}.rawTuple(`)
      : written;
    const names = [...js.matchAll(/^[ \t]*var (v\d+|it_\d+|\$temp) = /gm)].map((match) => match[1]);
    return names.length === 0 ? js : `${js}\n${names.join(' = ')} = null\n`;
  });
}

type AssignNode = SyntaxNode & { readonly targets: readonly Sequence[]; readonly value: Sequence };
type Sequence = { readonly elts?: readonly object[] };

/** `a, b = b, a`: of two or three values CPython makes no tuple. */
function isExchange($B: BrythonInternals, { targets, value }: AssignNode): boolean {
  const { Starred, Tuple } = $B.ast as unknown as Record<string, abstract new () => object>;
  const left = targets.length === 1 ? targets[0]!.elts : undefined;
  const right = value instanceof Tuple! ? value.elts : undefined;
  if (left === undefined || left.length !== right?.length) return false;
  if (left.length < 2 || left.length > 3) return false;
  return ![...left, ...right].some((element) => element instanceof Starred!);
}

/**
 * Clears the temporaries of `for x in xs`, which hold `xs` and its last item until the function
 * returns. V8 itself has one more of what a loop declares; one that assigns has none.
 */
function releaseAfterLoops($B: BrythonInternals, restorer: Restorer): void {
  onNode($B, restorer, 'For', (_, write) => {
    const js = write();
    const id = /^[ \t]*var no_break_(\w+) = true,$/m.exec(js)?.[1];
    if (id === undefined) return js;
    const loop = js
      .replace(`var no_break_${id} = true,`, `$&next_${id},`)
      .replace(`for(var next_${id} of`, `for(next_${id} of`);
    return `${loop}\niterator_${id} = next_${id} = null\n`;
  });
}

type CaseNode = SyntaxNode & { body: readonly unknown[] };

/** Clears what `match` looks at where CPython drops it: before the body of a case, and where no case fits. */
function releaseSubjects($B: BrythonInternals, restorer: Restorer): void {
  const release = { col_offset: 0, to_js: () => 'subject = null' };
  onNode<CaseNode>($B, restorer, 'match_case', (node, write) => {
    const { body } = node;
    node.body = [release, ...body];
    try {
      return write();
    } finally {
      node.body = body;
    }
  });
  onNode($B, restorer, 'Match', (_, write) => `${write()}\nsubject = null\n`);
}
