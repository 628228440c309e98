export type { Collector } from '../frees/weak-set-watcher.ts';
export {
  type AttachOptions,
  attachBrython,
  type BrythonAdapter,
  type BrythonCaps,
  type BrythonHost,
} from './adapter.ts';
export {
  type CompiledModules,
  type GuestModule,
  type GuestModuleOptions,
  installGuestModule,
} from './guest-module.ts';
export type { BrythonInternals, GuestClass, GuestObject } from './host.ts';
export type { PrimitivesPolicy, SizeModelName } from './sizes.ts';
export { knownBrythons } from './versions.ts';
