/** What is used of js-interpreter, which has no types of its own. */

/** A piece of a parsed program. */
export type Node = {
  readonly type: string;
  readonly loc?: { readonly start: { readonly line: number }; readonly source?: string };
  readonly id?: { readonly name: string } | null;
};

/** A guest's object: functions have a node, all have properties. */
export type GuestObject = {
  readonly properties: Record<string, unknown>;
  readonly proto?: GuestObject | null;
  readonly node?: Node;
};

/** What the interpreter is in the midst of. */
export type State = {
  readonly node: Node;
  /** Of a call: its function runs, and no longer its arguments. */
  readonly doneExec_?: boolean;
  readonly func_?: GuestObject;
};

/** What an adapter is attached to: an `Interpreter`. */
export type JsInterpreter = {
  readonly stateStack: readonly State[];
  readonly globalObject: GuestObject;
  readonly OBJECT_PROTO: GuestObject;
  readonly ARRAY_PROTO: GuestObject;
  readonly FUNCTION_PROTO: GuestObject;
  createObjectProto(proto: GuestObject | null): GuestObject;
  parse_(code: string, file: string): Node;
  appendCode(code: string | Node): void;
  run(): boolean;
  step(): boolean;
  createNativeFunction(work: (...args: unknown[]) => unknown, isConstructor: boolean): GuestObject;
  nativeToPseudo(value: unknown): unknown;
  pseudoToNative(value: unknown): unknown;
  setProperty(object: GuestObject, name: string, value: unknown): unknown;
};

/** The class of interpreters: js-interpreter's default export. */
export type JsInterpreterClass = new (
  code: string,
  initialize?: (interpreter: JsInterpreter, scope: GuestObject) => void,
) => JsInterpreter;
