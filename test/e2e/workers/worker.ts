/// <reference lib="webworker" />
// A worker with one interpreter in it: runs a program, and posts the line that holds most.
import { attachBrython, type BrythonInternals } from '@tracemalloc/adapters/brython';
import { attachSkulpt, type SkulptHost } from '@tracemalloc/adapters/skulpt';
import { attachWasmoon } from '@tracemalloc/adapters/wasmoon';
import { Tracer } from '@tracemalloc/core';
import { LuaFactory } from 'wasmoon';

declare const self: DedicatedWorkerGlobalScope & {
  readonly __BRYTHON__: BrythonInternals & {
    runPythonSource(source: string): unknown;
  };
  readonly Sk: SkulptHost & {
    readonly python3: object;
    readonly builtinFiles: { readonly files: Readonly<Record<string, string>> };
    configure(options: object): void;
    importMainWithBody(name: string, dump: boolean, source: string, maySuspend: boolean): unknown;
  };
};

const tracer = new Tracer();

const runners: Readonly<Record<string, () => Promise<void>>> = {
  async core() {
    tracer.start(5);
    const heap = tracer.domain({ name: 'guest', ids: 'serial' });
    const frame = tracer.frame(tracer.string('main.x'), 2, tracer.string('f'));
    tracer.alloc(heap, 1, 100, tracer.extend(0, frame), tracer.type('list'));
  },
  async brython() {
    self.importScripts('brython.js', 'brython_stdlib.js');
    attachBrython({ $B: self.__BRYTHON__ }, tracer);
    tracer.start(5);
    self.__BRYTHON__.runPythonSource('a = 1\nkept = [[i] * 50 for i in range(100)]\n');
  },
  async skulpt() {
    self.importScripts('skulpt.min.js', 'skulpt-stdlib.js');
    const { Sk } = self;
    const read = (name: string): string => {
      const text = Sk.builtinFiles.files[name];
      if (text === undefined) throw new Error(`no ${name}`);
      return text;
    };
    Sk.configure({ output: () => {}, read, __future__: Sk.python3 });
    const adapter = attachSkulpt(Sk, tracer);
    tracer.start(5);
    Sk.importMainWithBody('main', false, 'a = 1\nkept = [[i] * 50 for i in range(100)]\n', false);
    adapter.settle();
  },
  async wasmoon() {
    const lua = await new LuaFactory(new URL('glue.wasm', self.location.href).href).createEngine();
    attachWasmoon(lua, tracer);
    tracer.start(5);
    await lua.doString('local a = 1\nkept = {} for i = 1, 100 do kept[i] = { i, i } end');
  },
};

self.onmessage = async ({ data: host }: MessageEvent<string>) => {
  try {
    await runners[host]!();
    self.postMessage(String(tracer.takeSnapshot().statistics('lineno')[0]!.traceback.at(-1)));
  } catch (error) {
    self.postMessage(String(error));
  }
};
