// What the adapter and its tests use of js-interpreter, which has no types of its own.
declare module 'js-interpreter' {
  export type Node = {
    readonly type: string;
    readonly loc?: { readonly start: { readonly line: number }; readonly source?: string };
    readonly id?: { readonly name: string } | null;
  };
  /** A guest object: functions have a node, all have properties. */
  export type PseudoObject = {
    readonly properties: Record<string, unknown>;
    readonly node?: Node;
  };
  export type State = {
    readonly node: Node;
    readonly doneExec_?: boolean;
    readonly func_?: PseudoObject;
  };
  class Interpreter {
    constructor(code: string, initialize?: (interpreter: Interpreter, scope: unknown) => void);
    stateStack: State[];
    ARRAY_PROTO: PseudoObject;
    FUNCTION_PROTO: PseudoObject;
    createObjectProto(proto: PseudoObject | null): PseudoObject;
    parse_(code: string, file: string): Node;
    appendCode(code: string | Node): void;
    run(): boolean;
  }

  // biome-ignore lint/style/noDefaultExport: that is how js-interpreter exports it
  export { Interpreter as default };
}
