export {
  attachQuickJS,
  type QuickJsAdapter,
  type QuickJsAttachOptions,
  type QuickJsCaps,
} from './adapter.ts';
export { traceableQuickJS } from './code/load.ts';
export type { Handle, QuickJsContext, QuickJsModule, QuickJsRuntime } from './host.ts';
