export {
  attachPyodide,
  type PyodideAdapter,
  type PyodideAttachOptions,
  type PyodideCaps,
} from './adapter.ts';
export {
  installPyodideModule,
  type PyodideGuestModule,
  type PyodideModuleOptions,
} from './guest/guest-module.ts';
export type { PyodideHost } from './host.ts';
export { readPyodideSnapshot } from './own-snapshot.ts';
