import type { Restorer } from '../../contract/index.ts';
import type { Skulpt } from '../host.ts';
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

/** What stands before the names of scopes inside of `unit`; nothing in a module. */
function prefixOf(unit: Unit | null): string {
  if (unit?.$tmName === undefined || unit.ste.blockType === 'module') return '';
  return unit.ste.blockType === 'class' ? `${unit.$tmName}.` : `${unit.$tmName}.<locals>.`;
}
