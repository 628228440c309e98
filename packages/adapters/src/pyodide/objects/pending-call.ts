import type { PyodideModule } from '../host.ts';

type PendingCalls = { _Py_AddPendingCall?(call: number, data: number): number };

/** Work that CPython is asked to have done between two instructions of the guest's: in the midst of an allocation it can't be. */
export class PendingCall {
  /** Whether it was asked for, and is yet to be done. */
  isPending = false;
  readonly #module: PyodideModule;
  readonly #work: () => void;
  readonly #status: number;
  /** Of the function in the table; 0 = it is not there. */
  #call = 0;
  #isClosed = false;

  /** @param status What CPython is given: 0, or −1 where the work has raised an exception. */
  constructor(module: PyodideModule, status: 0 | -1, work: () => void) {
    this.#module = module;
    this.#status = status;
    this.#work = work;
  }

  get isPossible(): boolean {
    return typeof (this.#module as PendingCalls)._Py_AddPendingCall === 'function';
  }

  request(): void {
    if (this.isPending || !this.isPossible) return;
    if (this.#call === 0) this.#call = this.#module.addFunction(() => this.#do(), 'ii');
    const status = (this.#module as PendingCalls)._Py_AddPendingCall!(this.#call, 0);
    this.isPending = status === 0;
  }

  /** What is pending is still called then, and does nothing. */
  close(): void {
    this.#isClosed = true;
    if (!this.isPending) this.#removeCall();
  }

  #do(): number {
    this.isPending = false;
    if (this.#isClosed) {
      this.#removeCall();
      return 0;
    }
    this.#work();
    return this.#status;
  }

  #removeCall(): void {
    if (this.#call !== 0) this.#module.removeFunction(this.#call);
    this.#call = 0;
  }
}
