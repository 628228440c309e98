import {
  type GuestError,
  type LuaProgram,
  runLuaProgram,
} from '@tracemalloc/adapters/wasmoon/node';
import { expect, test } from 'vitest';
import { tracedLua } from './lua.ts';

/** How a program ends that is to throw: its exit status, or what is thrown; and what it printed. */
async function ended(source: string): Promise<unknown[]> {
  const { lua, adapter } = await tracedLua({}, {});
  let printed = '';
  const stderr: LuaProgram['stderr'] = (bytes) => {
    printed += new TextDecoder().decode(bytes);
  };
  try {
    const program = { source, filename: 'app.lua', args: [], stderr, throws: true };
    return [runLuaProgram(lua as never, adapter, program).exitCode, printed];
  } catch (error) {
    const { name, exitCode, message } = error as GuestError;
    return [name, exitCode, message.split('\n').slice(0, 2).join('\n'), printed];
  }
}

test('a program that is to throw throws its message and its exit status, and prints neither', async () => {
  expect(await ended('kept = {}')).toEqual([0, '']);
  expect(await ended('error("no disk")')).toEqual([
    'GuestError',
    1,
    'the guest ended with exit status 1:\nlua: app.lua:1: no disk',
    '',
  ]);
  expect(await ended('os.exit(3)')).toEqual([
    'GuestError',
    3,
    'the guest ended with exit status 3',
    '',
  ]);
  expect(await ended('kept = {')).toEqual([
    'GuestError',
    1,
    'the guest ended with exit status 1:\nlua: app.lua:1: unexpected symbol near <eof>',
    '',
  ]);
});
