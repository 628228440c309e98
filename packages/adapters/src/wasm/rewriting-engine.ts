import type { WasmExports } from './web-assembly.ts';

/** What is to be instantiated instead, and who is told of it. */
export type Rewritten = {
  readonly bytes: Uint8Array;
  readonly instantiated: (exports: WasmExports, imports: object | undefined) => void;
};

type Engine = {
  instantiate(source: unknown, imports?: object): Promise<unknown>;
  instantiateStreaming?(source: unknown, imports?: object): Promise<unknown>;
};

/**
 * Has the engine instantiate something else where `rewrite` gives something for a module's bytes.
 * @returns the undo.
 */
export function rewritingEngine(rewrite: (bytes: Uint8Array) => Rewritten | null): () => void {
  const engine = (globalThis as unknown as { WebAssembly: Engine }).WebAssembly;
  const own = Object.getOwnPropertyDescriptors(engine) as unknown as Record<
    string,
    PropertyDescriptor
  >;
  const instantiate = engine.instantiate.bind(engine);
  const replaced: Engine = {
    async instantiate(source, imports) {
      const bytes = bytesOf(source);
      const rewritten = bytes === null ? null : rewrite(bytes);
      if (rewritten === null) return instantiate(source, imports);
      const result = (await instantiate(rewritten.bytes, imports)) as {
        instance: { exports: WasmExports };
      };
      rewritten.instantiated(result.instance.exports, imports);
      return result;
    },
    async instantiateStreaming(source, imports) {
      const response = (await source) as { arrayBuffer(): Promise<ArrayBuffer> };
      return replaced.instantiate(await response.arrayBuffer(), imports);
    },
  };
  const names = ['instantiate', 'instantiateStreaming'].filter((name) => own[name] !== undefined);
  for (const name of names) {
    const value = replaced[name as keyof Engine];
    Object.defineProperty(engine, name, { ...own[name], value });
  }
  return () => {
    for (const name of names) Object.defineProperty(engine, name, own[name]!);
  };
}

/** `null` for a module that was compiled already. Arrays may be of another realm. */
function bytesOf(source: unknown): Uint8Array | null {
  if (ArrayBuffer.isView(source)) {
    return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  }
  const isBuffer = Object.prototype.toString.call(source) === '[object ArrayBuffer]';
  return isBuffer ? new Uint8Array(source as ArrayBuffer) : null;
}
