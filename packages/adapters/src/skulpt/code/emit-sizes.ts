import type { Restorer } from '../../contract/index.ts';
import { cpythonDict, cpythonTuple } from '../../python/sizes/cpython-rules.ts';
import type { GuestStack } from '../frames/guest-stack.ts';
import type { Skulpt } from '../host.ts';
import { mayGrow } from '../sizes/namespaces.ts';
import { callOf, cellsUsed, functionBytes, stampNames } from '../stamps.ts';
import { type Compiler, emit, type Unit } from './compiler.ts';

type NameKinds = NonNullable<Skulpt['SYMTAB_CONSTS']>;

/** What was found out about a function while the code around it was looked through. */
type Defaults = { tuple: number; dict: number };

/** Compiled code notes what an exception comes through: also in which call. `$exc` is one array a call. */
const passing = 'err.traceback.push({';

const nameStart = /^\.co_(?:qual)?name=new Sk\.builtins\['str'\]\('/;

/** Values that CPython's compiler makes, too. */
const constant =
  /^(?:\$scope\d+\.\$const\d+|Sk\.builtin\.(?:none\.none\$|bool\.(?:true|false)\$))$/;

/**
 * Makes compiled code tell what its objects can't: how many variables a function shares with the one
 * around it, and whether its defaults were made at run time; and that a list is one that has
 * grown. Nothing of it costs a program more than a store for each list display.
 */
export function emitSizes(
  Sk: Skulpt,
  compiler: Compiler,
  stack: GuestStack,
  restorer: Restorer,
): void {
  const kinds = Sk.SYMTAB_CONSTS ?? {};
  /** Comprehensions around here: their variables are none of the module's. */
  let depth = 0;
  restorer.replace(compiler, 'ccompgen', (original) => {
    return function (this: Compiler, type, name, generators, index, ...rest): unknown {
      // A list that is filled item by item has room to spare.
      if (type === 'list' && index === 0) emit(this, `${name}.${stampNames.room}=0;`);
      // Nothing of the program's holds it before it is done.
      const isMade = index === 0 && type !== 'gen' && stack.hasFrames(this.filename);
      const making = `if($TM.meter)$TM.makings[8*$tsp+${Math.min(depth, 7)}]=`;
      if (isMade) emit(this, `${making}${name};`);
      depth++;
      try {
        const result = original.call(this, type, name, generators, index, ...rest);
        if (isMade) emit(this, `${making}null;`);
        return result;
      } finally {
        depth--;
      }
    };
  });
  const names = new WeakMap<Unit, Set<string>>();
  restorer.replace(compiler, 'nameop', (original) => {
    return function (this: Compiler, name, context, ...rest): unknown {
      const result = original.call(this, name, context, ...rest);
      const isOwn = !stack.hasFrames(this.filename);
      if (context !== Sk.astnodes['Store'] || depth > 0 || isOwn) return result;
      if (this.u.ste.blockType !== 'module') return result;
      const known = names.get(this.u) ?? new Set();
      names.set(this.u, known);
      const isNew = known.size !== known.add(name.v).size;
      if (isNew && mayGrow(known.size)) emit(this, `$TM.grow&&$TM.grow($loc,${known.size});`);
      return result;
    };
  });
  restorer.replace(compiler, 'outputAllUnits', (original) => {
    return function (this: Compiler): string {
      if (stack.hasFrames(this.filename)) addFacts(this.allUnits, kinds);
      return original.call(this);
    };
  });
}

function addFacts(units: readonly Unit[], { CELL, FREE }: NameKinds): void {
  const defaults = new Map<string, Defaults>();
  /** By scope: the scope of the function around it. */
  const around = new Map<string, Unit>();
  for (const unit of units) {
    for (const block of unit.blocks) {
      findFunctions(block, unit, around, defaults);
      hideNames(block);
    }
  }
  for (const unit of units) {
    unit.suffixCode = unit.suffixCode.replaceAll(passing, `${passing}${callOf}:$exc,`);
    const outer = around.get(unit.scopename);
    if (outer === undefined || unit.ste.blockType === 'class') continue;
    const { tuple, dict } = defaults.get(unit.scopename) ?? { tuple: 0, dict: 0 };
    const free = namesOf(unit, FREE);
    const bytes =
      cpythonTuple(free.length) + cpythonTuple(tuple) + (dict > 0 ? cpythonDict(dict, true) : 0);
    if (bytes > 0) unit.suffixCode += `${unit.scopename}.${functionBytes}=${bytes};`;
    let used = 0;
    for (const [index, name] of namesOf(outer, CELL).entries()) {
      if (free.includes(name)) used |= 1 << index;
    }
    if (used !== 0) unit.suffixCode += `${unit.scopename}.${cellsUsed}=${used};`;
  }
}

/** The names of a scope that are of such a kind. */
function namesOf({ ste }: Unit, kind: number | undefined): string[] {
  if (kind === undefined || ste.getScope === undefined) return [];
  return Object.keys(ste.symFlags ?? {}).filter((name) => ste.getScope?.(name) === kind);
}

/** Pieces of code follow one another as the compiler made them: `$scope8`, `.$defaults=[`, `a,b`, `];`. */
function findFunctions(
  block: readonly string[],
  unit: Unit,
  around: Map<string, Unit>,
  defaults: Map<string, Defaults>,
): void {
  for (let i = 1; i < block.length; i++) {
    const scope = String(block[i - 1]);
    const piece = String(block[i]); // some are numbers
    if (piece.startsWith('.co_varnames=')) around.set(scope, unit);
    else if (piece === '.$defaults=[') known(defaults, scope).tuple = made(String(block[i + 1]));
    else if (piece === '.$kwdefs=[') known(defaults, scope).dict = count(String(block[i + 1]));
  }
}

function known(defaults: Map<string, Defaults>, scope: string): Defaults {
  const found = defaults.get(scope) ?? { tuple: 0, dict: 0 };
  defaults.set(scope, found);
  return found;
}

/** Items of a tuple of values; 0 where all of them are constants, and the tuple is one itself. */
function made(values: string): number {
  const items = values.split(',');
  return items.every((item) => constant.test(item)) ? 0 : items.length;
}

/** Defaults of keyword-only arguments; `undefined` stands for none. */
function count(values: string): number {
  return values.split(',').filter((item) => item !== '' && item !== 'undefined').length;
}

/** A function's name is a constant in CPython: the str is none of the line's. */
function hideNames(block: string[]): void {
  for (let i = 1; i < block.length; i++) {
    const piece = String(block[i]);
    if (!nameStart.test(piece)) continue;
    const end = piece.endsWith(';') ? i : i + 2;
    if (!String(block[end]).endsWith("');")) continue;
    block[i - 1] = `;$TM.paused++;${block[i - 1]}`;
    block[end] += '$TM.paused--;';
  }
}
