import type { Restorer } from '../../contract/index.ts';
import type { GuestStack } from '../frames/guest-stack.ts';
import type { Skulpt, SkulptClass } from '../host.ts';
import type { Compiler, Unit } from './compiler.ts';

/** Notes for each scope that is compiled what Python calls it: `C.f`, `f.<locals>.<lambda>`. */
export function qualifyNames(Sk: Skulpt, compiler: Compiler, restorer: Restorer): void {
  const { GLOBAL_EXPLICIT } = Sk.SYMTAB_CONSTS ?? {};
  restorer.replace(compiler, 'enterScope', (original) => {
    return function (this: Compiler, ...args): string {
      const outer = this.u as Unit | null;
      const scope = original.apply(this, args);
      const name = this.u.name.v;
      const isGlobal =
        GLOBAL_EXPLICIT !== undefined && outer?.ste.getScope?.(name) === GLOBAL_EXPLICIT;
      this.u.$tmName = isGlobal ? name : prefixOf(outer) + name;
      return scope;
    };
  });
}

type BuildClass = (globals: object, body: ClassBody, ...rest: unknown[]) => unknown;
type ClassBody = (...args: unknown[]) => unknown;

/** Notes for each class that a program makes from now on what Python calls it. */
export function nameClasses(
  Sk: Skulpt,
  stack: GuestStack,
  restorer: Restorer,
): WeakMap<SkulptClass, string> {
  const names = new WeakMap<SkulptClass, string>();
  const { misceval } = Sk as unknown as { misceval: { buildClass: BuildClass } };
  restorer.replace(misceval, 'buildClass', (original) => {
    return function (this: unknown, globals, body, ...rest): unknown {
      let name = '';
      stack.body = '';
      // What else its making runs, a metaclass, may make classes too.
      const told: ClassBody = (...args) => {
        const result = body(...args);
        name = stack.body;
        return result;
      };
      const made = original.call(this, globals, told, ...rest);
      // Not what a suspension stands for.
      if (name !== '' && typeof made === 'function') names.set(made as SkulptClass, name);
      return made;
    };
  });
  return names;
}

/** What stands before the names of scopes inside of `unit`; nothing in a module. */
function prefixOf(unit: Unit | null): string {
  if (unit?.$tmName === undefined || unit.ste.blockType === 'module') return '';
  return unit.ste.blockType === 'class' ? `${unit.$tmName}.` : `${unit.$tmName}.<locals>.`;
}
