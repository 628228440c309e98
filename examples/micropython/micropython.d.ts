declare module '@micropython/micropython-webassembly-pyscript' {
  import type { MicroPythonHost } from '@tracemalloc/adapters/micropython';

  /** What is used of MicroPython's own loader. */
  export function loadMicroPython(options: {
    readonly heapsize?: number;
    readonly pystack?: number;
  }): Promise<MicroPythonHost & { readonly FS: { writeFile(path: string, text: string): void } }>;
}
