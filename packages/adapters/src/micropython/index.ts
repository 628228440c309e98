export {
  attachMicroPython,
  type MicroPythonAdapter,
  type MicroPythonAttachOptions,
  type MicroPythonCaps,
} from './adapter.ts';
export { type TraceableOptions, traceableMicroPython } from './code/load.ts';
export {
  installMicroPythonModule,
  type MicroPythonGuestModule,
  type MicroPythonModuleOptions,
} from './guest/guest-module.ts';
export type { MicroPythonHost } from './host.ts';
