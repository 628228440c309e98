/** What is used of js-interpreter, which has no types of its own. */

/** A piece of a parsed program. */
export type Node = {
  /** ESTree's: `CallExpression`. */
  readonly type: string;
  /** Where it is; not there in code that is the interpreter's own. */
  readonly loc?: { readonly start: { readonly line: number }; readonly source?: string };
  /** A function's own name. */
  readonly id?: { readonly name: string } | null;
};

/** A guest's object: functions have a node, all have properties. */
export type GuestObject = {
  /** By name, those that can't be listed, too. */
  readonly properties: Record<string, unknown>;
  /** What it inherits of. */
  readonly proto?: GuestObject | null;
  /** A guest's function: its code. */
  readonly node?: Node;
};

/** What the interpreter is in the midst of. */
export type State = {
  /** What is evaluated. */
  readonly node: Node;
  /** Of a program: nothing of it is left. */
  readonly done?: boolean;
  /** Of a call: its function runs, and no longer its arguments. */
  readonly doneExec_?: boolean;
  /** Of a call: what is called. */
  readonly func_?: GuestObject;
};

/** What an adapter is attached to: an `Interpreter`. */
export type JsInterpreter = {
  /** Oldest first. */
  readonly stateStack: readonly State[];
  /** Has the guest's globals. */
  readonly globalObject: GuestObject;
  /** The prototype of `{}`. */
  readonly OBJECT_PROTO: GuestObject;
  /** The prototype of arrays. */
  readonly ARRAY_PROTO: GuestObject;
  /** The prototype of functions. */
  readonly FUNCTION_PROTO: GuestObject;
  /** Makes every object of the guest. */
  createObjectProto(proto: GuestObject | null): GuestObject;
  /** Parses a program under a file's name. */
  parse_(code: string, file: string): Node;
  /** Adds a program to what runs. */
  appendCode(code: string | Node): void;
  /** Runs until nothing is left; true: it waits. */
  run(): boolean;
  /** Evaluates one node; false: nothing is left. */
  step(): boolean;
  /** A function of the guest's that JavaScript does the work of. */
  createNativeFunction(work: (...args: unknown[]) => unknown, isConstructor: boolean): GuestObject;
  /** A guest's copy of a value. */
  nativeToPseudo(value: unknown): unknown;
  /** A copy of a guest's value. */
  pseudoToNative(value: unknown): unknown;
  /** Ends what the guest does by an error of its own. */
  throwException(type: GuestObject, message: string): never;
  /** The guest's Error. */
  readonly ERROR: GuestObject;
  /** The guest's TypeError. */
  readonly TYPE_ERROR: GuestObject;
  /** The guest's RangeError. */
  readonly RANGE_ERROR: GuestObject;
  /** What `setTimeout` does; gives the task's number. */
  createTask_?(...values: unknown[]): number;
  /** The task whose time has come. */
  nextTask_?(): State | null;
  /** What waits for its time. */
  readonly tasks?: readonly { readonly pid: number; readonly node: Node }[];
  /** Sets a property of a guest's object. */
  setProperty(object: GuestObject, name: string, value: unknown): unknown;
};

/** The class of interpreters: js-interpreter's default export. */
export type JsInterpreterClass = new (
  code: string,
  initialize?: (interpreter: JsInterpreter, scope: GuestObject) => void,
) => JsInterpreter;
