import type { Address, PyodideModule } from '../host.ts';

/**
 * Texts of guest objects, read in the middle of an allocation. What CPython allocates for it is nobody's, and an exception that
 * the guest has at the moment stays as it is.
 */
export class GuestText {
  readonly #module: PyodideModule;

  constructor(module: PyodideModule) {
    this.#module = module;
  }

  /** The text of a `str`; `<unknown>` for one that UTF-8 can't hold. */
  ofStr(object: Address): string {
    return this.#quietly(() => this.#utf8(object));
  }

  /** `module.qualname` of a type, without a module where it is built in or of the main program. */
  ofType(type: Address): string {
    const module = this.#module;
    return this.#quietly(() => {
      const name = module._PyType_GetFullyQualifiedName(type);
      const text = this.#utf8(name);
      if (name !== 0) module._Py_DecRef(name);
      return text;
    });
  }

  #utf8(object: Address): string {
    const module = this.#module;
    const text = object === 0 ? 0 : module._PyUnicode_AsUTF8(object);
    if (text !== 0) return module.UTF8ToString(text);
    module._PyErr_Clear();
    return '<unknown>';
  }

  #quietly(work: () => string): string {
    const module = this.#module;
    const raised = module._PyErr_GetRaisedException();
    try {
      return work();
    } finally {
      module._PyErr_SetRaisedException(raised);
    }
  }
}
