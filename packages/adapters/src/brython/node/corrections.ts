import type { BrythonInternals } from '../host.ts';

type Internals = BrythonInternals & {
  readonly VFS: Record<string, [extension: string, source: string, ...rest: unknown[]] | undefined>;
  readonly method: { tp_getattro(method: { im_func: unknown }, name: string): unknown };
  $getattr(object: unknown, name: string): unknown;
  EXC(exception: unknown, message: unknown): unknown;
};

/** What Brython gets wrong that programs on Node rely on. */
export function correctBrython($B: BrythonInternals): void {
  const internals = $B as Internals;
  correctExit(internals);
  nameMissingModules(internals);
  correctMethodDocs(internals);
}

function correctExit({ VFS }: Internals): void {
  const sys = VFS['sys'];
  if (sys !== undefined) {
    sys[1] = sys[1].replace("raise SystemExit('')", 'raise SystemExit(i)');
  }
}

/** The import machinery gives the bare name for a message. */
function nameMissingModules($B: Internals): void {
  const { EXC: make } = $B;
  const { ModuleNotFoundError: notFound } = $B.builtins;
  $B.EXC = (exception, message) =>
    make(
      exception,
      exception === notFound && typeof message === 'string' && /^[\w.]+$/.test(message)
        ? `No module named '${message}'`
        : message,
    );
}

/** A bound method has its function's text for documentation, not that of its own class. */
function correctMethodDocs({ method, $getattr }: Internals): void {
  const getAttribute = method.tp_getattro;
  const corrected: typeof getAttribute = (bound, name) =>
    name === '__doc__' ? $getattr(bound.im_func, name) : getAttribute(bound, name);
  Object.assign(method, { tp_getattro: corrected, $getattribute: corrected });
}
