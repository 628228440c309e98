export {
  attachJsInterpreter,
  type JsInterpreterAdapter,
  type JsInterpreterAttachOptions,
} from './adapter.ts';
export { installJsInterpreterModule, type JsInterpreterGuestModule } from './guest/extra-module.ts';
export type { GuestObject, JsInterpreter, JsInterpreterClass, Node, State } from './host.ts';
