import type { BrythonInternals } from './host.ts';

/** Part of the key of cached code: change it with every change to what the instrumenter writes. */
export const instrumenterVersion = '10';

/** The Brythons that the adapter was verified on. */
export const knownBrythons: readonly string[] = ['3.14.2', '3.14.3'];

export function isKnownBrython(version: string): boolean {
  return knownBrythons.includes(version);
}

/** `3.14.3`, from a loaded Brython. */
export function brythonVersion($B: BrythonInternals): string {
  return $B.implementation.slice(0, 3).join('.');
}
