import type { Value } from './heap.ts';
import { type Form, LispError, read } from './reader.ts';

/** A function, or a file, as instructions: [operation, operand, operand] each. */
export type Code = {
  readonly file: string;
  readonly name: string;
  readonly line: number;
  readonly parameters: number;
  /** Parameters and what is defined inside: words of an environment, its parent not counted. */
  slots: number;
  readonly instructions: number[];
  /** Line of each instruction. */
  readonly lines: number[];
};

export const op = {
  constant: 0,
  local: 1,
  setLocal: 2,
  global: 3,
  setGlobal: 4,
  closure: 5,
  call: 6,
  jump: 7,
  jumpIfNil: 8,
  drop: 9,
  try: 10,
  endTry: 11,
  return: 12,
} as const;

/** What a compiler shares with the machine that runs its code. */
export type Names = {
  /** The value of a symbol. */
  symbol(name: string): Value;
  /** Index of a global variable. */
  global(name: string): number;
  /** Index of a function's code. */
  code(code: Code): number;
};

type Scope = { readonly variables: string[]; readonly outer: Scope | null };

export function compileFile(source: string, file: string, names: Names): Code {
  const code: Code = newCode(file, '<file>', 1, 0);
  new Compiler(code, null, names).body(read(source), 1);
  return code;
}

function newCode(file: string, name: string, line: number, parameters: number): Code {
  return { file, name, line, parameters, slots: parameters, instructions: [], lines: [] };
}

class Compiler {
  readonly #code: Code;
  readonly #scope: Scope | null;
  readonly #names: Names;

  constructor(code: Code, scope: Scope | null, names: Names) {
    this.#code = code;
    this.#scope = scope;
    this.#names = names;
  }

  body(forms: readonly Form[], line: number): void {
    this.#sequence(forms, line);
    this.#emit(line, op.return);
    this.#code.slots = this.#scope?.variables.length ?? 0;
  }

  #sequence(forms: readonly Form[], line: number): void {
    if (forms.length === 0) this.#emit(line, op.constant, 0);
    for (const [i, form] of forms.entries()) {
      if (i > 0) this.#emit(form.line, op.drop);
      this.#form(form);
    }
  }

  #form(form: Form): void {
    const { line } = form;
    if ('number' in form) this.#emit(line, op.constant, form.number * 2 + 1);
    else if ('symbol' in form) this.#variable(form.symbol, line);
    else this.#list(form.items, line);
  }

  #list(items: readonly Form[], line: number): void {
    const [head, ...rest] = items;
    if (head === undefined) {
      this.#emit(line, op.constant, 0);
      return;
    }
    const special = 'symbol' in head ? this.#special[head.symbol] : undefined;
    if (special !== undefined) {
      special(rest, line);
    } else {
      for (const item of items) this.#form(item);
      this.#emit(line, op.call, rest.length);
    }
  }

  readonly #special: Readonly<Record<string, (forms: Form[], line: number) => void>> = {
    quote: ([form], line) => {
      if (form !== undefined && 'symbol' in form) {
        this.#emit(line, op.constant, this.#names.symbol(form.symbol));
      } else if (form !== undefined && ('number' in form || form.items.length === 0)) {
        this.#form(form);
      } else {
        throw new LispError(`line ${line}: a symbol, a number or () can be quoted`);
      }
    },
    define: ([target, ...rest], line) => {
      if (target !== undefined && 'items' in target) {
        const [name, ...parameters] = target.items.map(nameOf);
        this.#lambda(name!, parameters, rest, line);
        this.#assign(name!, line, true);
      } else {
        this.#sequence(rest, line);
        this.#assign(nameOf(target), line, true);
      }
    },
    'set!': ([target, ...rest], line) => {
      this.#sequence(rest, line);
      this.#assign(nameOf(target), line, false);
    },
    lambda: ([parameters, ...rest], line) => {
      const names = parameters !== undefined && 'items' in parameters ? parameters.items : [];
      this.#lambda('<lambda>', names.map(nameOf), rest, line);
    },
    begin: (forms, line) => this.#sequence(forms, line),
    if: ([test, then, ...otherwise], line) => {
      this.#sequence(test === undefined ? [] : [test], line);
      const toElse = this.#emit(line, op.jumpIfNil);
      this.#sequence(then === undefined ? [] : [then], line);
      const toEnd = this.#emit(line, op.jump);
      this.#land(toElse);
      this.#sequence(otherwise, line);
      this.#land(toEnd);
    },
    while: ([test, ...rest], line) => {
      const start = this.#code.instructions.length;
      this.#sequence(test === undefined ? [] : [test], line);
      const toEnd = this.#emit(line, op.jumpIfNil);
      this.#sequence(rest, line);
      this.#emit(line, op.drop);
      this.#emit(line, op.jump, start);
      this.#land(toEnd);
      this.#emit(line, op.constant, 0);
    },
    // (try body handler): the handler is a function of what was thrown.
    try: ([body, handler], line) => {
      this.#sequence(handler === undefined ? [] : [handler], line);
      const toHandler = this.#emit(line, op.try);
      this.#sequence(body === undefined ? [] : [body], line);
      const toEnd = this.#emit(line, op.endTry);
      this.#land(toHandler);
      this.#emit(line, op.call, 1);
      this.#land(toEnd);
    },
  };

  #lambda(name: string, parameters: string[], body: readonly Form[], line: number): void {
    const code = newCode(this.#code.file, name, line, parameters.length);
    const scope: Scope = { variables: [...parameters], outer: this.#scope };
    new Compiler(code, scope, this.#names).body(body, line);
    this.#emit(line, op.closure, this.#names.code(code));
  }

  #variable(name: string, line: number): void {
    const [depth, slot] = this.#find(name);
    if (slot < 0) this.#emit(line, op.global, this.#names.global(name));
    else this.#emit(line, op.local, depth, slot);
  }

  #assign(name: string, line: number, define: boolean): void {
    const { variables = null } = this.#scope ?? {};
    if (define && variables !== null && !variables.includes(name)) variables.push(name);
    const [depth, slot] = this.#find(name);
    if (slot < 0) this.#emit(line, op.setGlobal, this.#names.global(name));
    else this.#emit(line, op.setLocal, depth, slot);
  }

  #find(name: string): [depth: number, slot: number] {
    let depth = 0;
    for (let scope = this.#scope; scope !== null; scope = scope.outer) {
      const slot = scope.variables.indexOf(name);
      if (slot >= 0) return [depth, slot];
      depth++;
    }
    return [0, -1];
  }

  /** @returns where the instruction is, for {@link Compiler.#land}. */
  #emit(line: number, operation: number, a = 0, b = 0): number {
    const { instructions, lines } = this.#code;
    lines[instructions.length / 3] = line;
    return instructions.push(operation, a, b) - 3;
  }

  /** A jump that was emitted before leads to here. */
  #land(jump: number): void {
    this.#code.instructions[jump + 1] = this.#code.instructions.length;
  }
}

function nameOf(form: Form | undefined): string {
  if (form !== undefined && 'symbol' in form) return form.symbol;
  throw new LispError(`line ${form?.line ?? '?'}: a name is needed here`);
}
