import { expect, test } from 'vitest';
import type { LuaApi } from '../../src/wasmoon/host.ts';
import { type Layout, lua54 } from '../../src/wasmoon/layout.ts';
import { selfTest } from '../../src/wasmoon/self-test.ts';
import { newLua } from './lua.ts';

type Tree = { readonly [name: string]: number | Tree };

/** Each layout in which one offset is another one, by its name. `lua_Debug` is public: it is no guess. */
function mutants(): Map<string, Layout> {
  const found = new Map<string, Layout>();
  const changed = (tree: Tree, [name, ...rest]: readonly string[], value: number): Tree => {
    const copy = structuredClone(tree) as Record<string, number | Tree>;
    copy[name!] = rest.length === 0 ? value : changed(tree[name!] as Tree, rest, value);
    return copy;
  };
  const visit = (tree: Tree, path: readonly string[]): void => {
    for (const [name, value] of Object.entries(tree)) {
      if (name === 'record') continue;
      const place = [...path, name];
      if (typeof value !== 'number') visit(value, place);
      else {
        for (const by of [-4, 4, 8].filter((one) => value + one >= 0)) {
          const layout = changed(lua54 as unknown as Tree, place, value + by);
          found.set(`${place.join('.')} ${by}`, layout as unknown as Layout);
        }
      }
    }
  };
  visit(lua54 as unknown as Tree, []);
  return found;
}

/** A byte for each instruction: there are as many as there are instructions. */
const same = ['heap.proto.codeCount 4', 'heap.proto.lineCount -4'];

test('of 250 layouts in which one offset is another one each is found out, and what is turned off is said', async () => {
  const lua = await newLua();
  const api = (lua.global as unknown as { lua: LuaApi }).lua;
  const { build } = selfTest(api);
  const all = mutants();
  expect(all.size).toBeGreaterThan(240);
  const accepted: string[] = [];
  for (const [name, layout] of all) {
    const { fast, problem, hasExactLines, heapProblem } = selfTest(api, { [build]: layout });
    if (fast === null || !hasExactLines) {
      expect({ name, isSaid: problem !== null }).toEqual({ name, isSaid: true });
    } else if (heapProblem === null) accepted.push(name);
  }
  expect(accepted).toEqual(same);
  expect(selfTest(api)).toMatchObject({ problem: null, heapProblem: null, hasExactLines: true });
  lua.global.close();
});
