/**
 * The parts of Brython that the adapter touches. Brython has no public API for any of this: the
 * names are those of 3.14.2 and 3.14.3, and the self-test checks that they still mean the same.
 */

/** Anything in the guest's heap: a plain object, an array (list, tuple), or a function. */
export type GuestObject = object & {
  readonly ob_type?: GuestClass;
  readonly [member: PropertyKey]: unknown;
};

/** A guest class. Its instances point to it by `ob_type`, dicts by the symbol `OB_TYPE`. */
export type GuestClass = GuestObject & {
  readonly tp_name?: string;
  readonly tp_flags?: number;
  readonly tp_mro?: readonly GuestClass[];
};

/** `[function name, locals, module name, globals, function?]` with the current line on it. */
export type GuestFrame = unknown[] & {
  readonly __file__?: string;
  readonly $lineno: number;
};

/** One entry of Brython's stack: a linked list, newest first, a new cell for each call. */
export type FrameCell = {
  readonly prev: FrameCell | null;
  readonly frame: GuestFrame;
  readonly count: number;
  /** Ours: what is known about the stack that ends here; see frames.ts. */
  $tracemalloc?: unknown;
};

/** What Brython's code generator returns. */
export type GeneratedCode = { js: string };

/** A node class of Brython's Python parser; `to_js` writes JavaScript for it. */
export type SyntaxNodeClass = {
  readonly prototype: { to_js?: (this: SyntaxNode, ...scopes: unknown[]) => string };
};

/** A node of Brython's syntax tree. */
export type SyntaxNode = {
  readonly lineno?: number;
  readonly end_lineno?: number;
  readonly ctx?: unknown;
  readonly decorator_list?: readonly SyntaxNode[];
};

/** The members of `__BRYTHON__` (inside Brython: `$B`) in use here. */
export type BrythonInternals = {
  frame_obj: FrameCell | null;
  readonly builtins: Readonly<Record<string, GuestClass>> & { readonly None: unknown };
  readonly implementation: readonly (number | string)[];
  readonly version_info: readonly (number | string)[];
  readonly OB_TYPE: symbol;
  readonly DICT: symbol;
  readonly ast: Readonly<Record<string, SyntaxNodeClass>>;
  readonly imported: Record<string, GuestObject>;
  readonly file_cache: Record<string, string>;
  js_from_root(argument: unknown): GeneratedCode;
  py2js(
    source: { src: string; filename: string },
    module: string,
    locals: string,
  ): { to_js(): string };
  get_class(object: unknown): GuestClass;
  $call(callable: unknown, ...args: unknown[]): unknown;
  module_getattr(module: unknown, name: string): unknown;
  /** Ours, in an instrumented Brython; see hooks.ts. */
  $tracemalloc?: unknown;
  [member: string]: unknown;
};
