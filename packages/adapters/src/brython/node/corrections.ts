import type { BrythonInternals } from '../host.ts';
import { eastAsianWidth } from './east-asian-width.ts';
import { showExpressions } from './interactive.ts';

type Internals = BrythonInternals & {
  readonly VFS: Record<string, [extension: string, source: string, ...rest: unknown[]] | undefined>;
  readonly method: { tp_getattro(method: { im_func: unknown }, name: string): unknown };
  $getattr(object: unknown, name: string): unknown;
  set_to_dict(object: unknown, name: string, value: unknown): void;
  EXC(exception: unknown, message: unknown): unknown;
};

/** What Brython gets wrong that programs on Node rely on. */
export function correctBrython($B: BrythonInternals): void {
  const internals = $B as Internals;
  correctLines(internals);
  nameMissingModules(internals);
  correctMethodDocs(internals);
  showExpressions($B);
}

/** Lines of the library, as they are and as they should be. */
export const correctedLines: readonly (readonly [module: string, wrong: string, right: string])[] =
  [
    ['sys', "raise SystemExit('')", 'raise SystemExit(i)'],
    [
      'sys',
      ' if value is not None:\n  stdout.write(repr(value))',
      ` if value is not None:
  import builtins
  builtins._=None
  stdout.write(repr(value)+'\\n')
  builtins._=value`,
    ],
    // Of a text that is cut to none one character is left, and a place is lost by what is written or read.
    [
      '_io_classes',
      "var res = ''\n    var nb = 0\n    while (true) {",
      "var res = ''\n    var nb = 0\n    while (nb < size) {",
    ],
    [
      '_io_classes',
      '_self.$text_pos = size\n    for (var _ of _self.$text_iterator) {',
      "_self.$text_iterator = _self.$text.slice(_self.$text_pos)[Symbol.iterator]()\n    for (var _ of '') {",
    ],
    [
      '_io_classes',
      'return _self.$text_pos\n}\n\nStringIO_funcs.seek',
      'return size\n}\n\nStringIO_funcs.seek',
    ],
    [
      '_io_classes',
      'return data.length\n',
      `text = text.length === _self.$text_pos ? '' : text.slice(_self.$text_pos)
    _self.$text_iterator = text[Symbol.iterator]()
    return data.length\n`,
    ],
    ['_io_classes', 'self.$text_pos++', '_self.$text_pos++'],
    ['_io_classes', 'self._pos += nb + 1', 'self._pos += res.source.length'],
    // Brython's own warn() knows no filter but 'error', which it raises as SyntaxError, and no source.
    ['warnings', 'from _warnings import(', 'raise ImportError\n from _warnings import('],
    [
      'unicodedata',
      'var module = {\n',
      `${eastAsianWidth}    var module = {\n        east_asian_width: east_asian_width,\n`,
    ],
    // Brython's columns count characters, CPython's bytes of UTF-8.
    [
      'traceback',
      `as_utf8=str.encode('utf-8')\n return len(as_utf8[:offset].decode("utf-8",errors="replace"))`,
      'return offset',
    ],
    // Brython's rsplit gives nothing where it may not split at all.
    [
      '_frozen_importlib',
      "package.rsplit('.',level -1)",
      "package.rsplit('.',level -1)if level>1 else[package]",
    ],
    [
      'importlib._bootstrap',
      "package.rsplit('.',level -1)",
      "package.rsplit('.',level -1)if level>1 else[package]",
    ],
  ];

function correctLines({ VFS }: Internals): void {
  for (const [module, wrong, right] of correctedLines) {
    const file = VFS[module];
    if (file !== undefined) file[1] = file[1].replace(wrong, right);
  }
}

/** The import machinery gives the bare name for a message. */
function nameMissingModules($B: Internals): void {
  const { EXC: make } = $B;
  const { ModuleNotFoundError: notFound, None: none } = $B.builtins;
  $B.EXC = (exception, message) => {
    const isName = typeof message === 'string' && /^[^\s']+$/.test(message);
    if (exception !== notFound || !isName) return make(exception, message);
    const error = make(exception, `No module named '${message}'`);
    $B.set_to_dict(error, 'name', message);
    $B.set_to_dict(error, 'path', none);
    return error;
  };
}

/** A bound method has its function's text for documentation, not that of its own class. */
function correctMethodDocs({ method, $getattr }: Internals): void {
  const getAttribute = method.tp_getattro;
  const corrected: typeof getAttribute = (bound, name) =>
    name === '__doc__' ? $getattr(bound.im_func, name) : getAttribute(bound, name);
  Object.assign(method, { tp_getattro: corrected, $getattribute: corrected });
}
