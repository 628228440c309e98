import {
  attachBrython,
  type BrythonInternals,
  installBrythonModule,
} from '@tracemalloc/adapters/brython';
import { Tracer } from '@tracemalloc/core';

declare global {
  interface Window {
    readonly __BRYTHON__: BrythonInternals;
    settleMemory: () => Promise<void>;
  }
}

// Classic scripts have loaded Brython by now, and it runs the page's Python after this module.
const tracer = new Tracer();
const adapter = attachBrython({ $B: window.__BRYTHON__ }, tracer, {
  onWarning: (message) => console.warn(message),
});
installBrythonModule({ $B: window.__BRYTHON__ }, adapter);
window.settleMemory = () => adapter.settleLater();
