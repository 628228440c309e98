/**
 * The parts of Brython that the adapter touches. Brython has no public API for any of this: the
 * names are those of 3.14.2 and 3.14.3, and the self-test checks that they still mean the same.
 */

/** Anything in the guest's heap: a plain object, an array (list, tuple), or a function. */
export type GuestObject = object & {
  /** Its class. */
  readonly ob_type?: GuestClass;
  readonly [member: PropertyKey]: unknown;
};

/** A str or int, which has no identity in JavaScript; an int beyond 2^53 is a bigint. */
export type PlainValue = string | number | bigint;

/** A guest class. Its instances point to it by `ob_type`, dicts by the symbol `OB_TYPE`. */
export type GuestClass = GuestObject & {
  /** Python's `__name__`. */
  readonly tp_name?: string;
  /** Python's type flags. */
  readonly tp_flags?: number;
  /** The class and its bases in the order of look-up. */
  readonly tp_mro?: readonly GuestClass[];
};

/** `[function name, locals, module name, globals, function?]` with the current line on it. */
export type GuestFrame = unknown[] & {
  /** Its file. */
  readonly __file__?: string;
  /** The line that runs, 1-based. */
  readonly $lineno: number;
  /** On the frame of the code of an `exec` or `eval`. */
  readonly is_exec_top?: boolean;
};

/** One entry of Brython's stack: a linked list, newest first, a new cell for each call. */
export type FrameCell = {
  /** The caller's; `null` at the bottom. */
  readonly prev: FrameCell | null;
  /** The frame that it is of. */
  readonly frame: GuestFrame;
  /** Cells up to this one. */
  readonly count: number;
  /** Ours: what is known about the stack that ends here; see frames.ts. */
  $tracemalloc?: unknown;
};

/** What Brython's code generator returns. */
export type GeneratedCode = { js: string };

/** A node class of Brython's Python parser; `to_js` writes JavaScript for it. */
export type SyntaxNodeClass = {
  /** What the nodes inherit; `to_js` is called for each. */
  readonly prototype: { to_js?: (this: SyntaxNode, ...scopes: unknown[]) => string };
};

/** A node of Brython's syntax tree. */
export type SyntaxNode = {
  /** Its first line, 1-based. */
  readonly lineno?: number;
  /** Its last line, 1-based. */
  readonly end_lineno?: number;
  /** Whether a name is read, written or deleted there. */
  readonly ctx?: unknown;
  /** Decorators of a function or class. */
  readonly decorator_list?: readonly SyntaxNode[];
};

/** The members of `__BRYTHON__` (inside Brython: `$B`) in use here. */
export type BrythonInternals = {
  /** The running frame; `null` outside of any. */
  frame_obj: FrameCell | null;
  /** Python's builtins by name. */
  readonly builtins: Readonly<Record<string, GuestClass>> & { readonly None: unknown };
  /** Version of Brython: major, minor, patch, and what follows. */
  readonly implementation: readonly (number | string)[];
  /** Version of Python that it follows. */
  readonly version_info: readonly (number | string)[];
  /** The member under which dicts and namespaces have their class. */
  readonly OB_TYPE: symbol;
  /** The member under which objects have their attributes. */
  readonly DICT: symbol;
  /** Classes of syntax nodes by name. */
  readonly ast: Readonly<Record<string, SyntaxNodeClass>>;
  /** Modules by name: the guest's `sys.modules`. */
  readonly imported: Record<string, GuestObject>;
  /** Sources by file name, which tracebacks show. */
  readonly file_cache: Record<string, string>;
  /** Writes a syntax tree as JavaScript. */
  js_from_root(argument: unknown): GeneratedCode;
  /** Compiles Python. */
  py2js(
    source: { src: string; filename: string; imported?: boolean },
    module: string,
    locals: string,
  ): { to_js(): string };
  /** The class of a value. */
  get_class(object: unknown): GuestClass;
  /** Calls what is callable in Python. */
  $call(callable: unknown, ...args: unknown[]): unknown;
  /** An attribute of a module. */
  module_getattr(module: unknown, name: string): unknown;
  /** Ours, in an instrumented Brython; see hooks.ts. */
  $tracemalloc?: unknown;
  [member: string]: unknown;
};
