export { type SnapshotCodec, snapshotCodec } from './codec.ts';
export { type GuestFiles, MemoryFiles } from './guest-files.ts';
export type {
  GuestException,
  GuestFileError,
  GuestKind,
  GuestValue,
  NativeFunction,
  NativeModule,
  PythonHost,
} from './python-host.ts';
export {
  createPythonModule,
  isPackage,
  type MemoryTools,
  type PythonModule,
  type PythonModuleOptions,
} from './python-module.ts';
export type { TracedGuest } from './traced-guest.ts';
