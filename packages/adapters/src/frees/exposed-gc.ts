/** The collector that an engine shows where it was started so (`--expose-gc`). */
export function exposedGc(): (() => void) | null {
  const { gc } = globalThis as { gc?: () => void };
  return gc ?? null;
}
