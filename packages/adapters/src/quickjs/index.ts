export {
  attachQuickJS,
  type QuickJsAdapter,
  type QuickJsAttachOptions,
  type QuickJsCaps,
} from './adapter.ts';
export { traceableQuickJS } from './code/load.ts';
export { installQuickJSModule } from './guest/extra-module.ts';
export type { Handle, QuickJsContext, QuickJsModule, QuickJsRuntime } from './host.ts';
