// guest module: `import tracemalloc` in Python and Lua, where the guest itself asks.

import { createBrython, installNodeGuestModule } from '@tracemalloc/adapters/brython/node';
import { attachSkulpt, installSkulptModule } from '@tracemalloc/adapters/skulpt';
import { createSkulpt, readSkulptBuild, runSkulptProgram } from '@tracemalloc/adapters/skulpt/node';
import { attachWasmoon, installLuaModule } from '@tracemalloc/adapters/wasmoon';
import { Tracer } from '@tracemalloc/core';
import { LuaFactory } from 'wasmoon';

const program =
  'import tracemalloc\ntracemalloc.start()\nkept = [[i] for i in range(1000)]\ntop = tracemalloc.take_snapshot().statistics("lineno")[0]\nprint(str(top).split(" size")[0])\n';
const check = (name, text) => {
  if (text.trim() !== 'app.py:3:') throw new Error(`${name} printed ${text}`);
};
let printed = '';
const stdout = (text) => {
  printed += text;
};
const runtime = await createBrython({ stdout });
installNodeGuestModule(runtime.$B, runtime.attach(new Tracer()));
runtime.run({ source: program, filename: 'app.py', throws: true });
check('Brython', printed);

printed = '';
const Sk = createSkulpt(readSkulptBuild());
installSkulptModule(Sk, attachSkulpt(Sk, new Tracer()));
await runSkulptProgram(Sk, { source: program, filename: 'app.py', throws: true, stdout });
check('Skulpt', printed);

const lua = await new LuaFactory().createEngine({ enableProxy: false });
installLuaModule(lua, attachWasmoon(lua, new Tracer()));
const top = await lua.doString(
  'local t = require "tracemalloc"\nt.start()\nkept = {}\nfor i = 1, 1000 do kept[i] = {i} end\nreturn tostring(t.take_snapshot():statistics("lineno")[1])',
);
if (!/:4: size=/.test(top)) throw new Error(`Lua said ${top}`);
lua.global.close();
