export type { Findings, Token, Watcher } from '../frees/watcher.ts';
export type { Collector } from '../frees/weak-set-watcher.ts';
export {
  attachBrython,
  type BrythonAdapter,
  type BrythonAttachOptions,
  type BrythonCaps,
  type BrythonHost,
} from './attach.ts';
export {
  type BrythonGuestModule,
  type BrythonModuleOptions,
  type CompiledModules,
  installBrythonModule,
} from './guest/guest-module.ts';
export type {
  BrythonInternals,
  FrameCell,
  GeneratedCode,
  GuestClass,
  GuestFrame,
  GuestObject,
  SyntaxNode,
  SyntaxNodeClass,
} from './host.ts';
export type { PrimitivesPolicy, SizeModelName } from './sizes/size-model.ts';
export { knownBrythons } from './versions.ts';
