export {
  attachJsInterpreter,
  type JsInterpreterAdapter,
  type JsInterpreterAttachOptions,
} from './adapter.ts';
export type { GuestObject, JsInterpreter, JsInterpreterClass, Node, State } from './host.ts';
