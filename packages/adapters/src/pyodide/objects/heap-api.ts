import type { Address, PyodideModule } from '../host.ts';

/** CPython's functions for whoever looks at objects without changing them. References that they give are borrowed, but where it is said. */
export type HeapApi = PyodideModule & {
  readonly __Py_NoneStruct: Address;
  readonly __Py_TrueStruct: Address;
  readonly __Py_FalseStruct: Address;
  readonly _PyType_Type: Address;
  readonly _PyModule_Type: Address;
  readonly _PyFunction_Type: Address;
  readonly _PyFrame_Type: Address;
  readonly _PyTraceBack_Type: Address;
  readonly _PyCell_Type: Address;
  readonly _PyGen_Type: Address;
  readonly _PyCoro_Type: Address;
  readonly _PyAsyncGen_Type: Address;
  readonly _PyDict_Type: Address;
  readonly _PyList_Type: Address;
  readonly _PyTuple_Type: Address;
  readonly _PySet_Type: Address;
  readonly _PyFrozenSet_Type: Address;
  readonly _PyByteArray_Type: Address;
  readonly _PyUnicode_Type: Address;
  readonly _PyLong_Type: Address;
  readonly _PyFloat_Type: Address;
  _PyImport_GetModuleDict(): Address;
  _PyModule_GetDict(module: Address): Address;
  /** Calls back for each object that the collector knows, until it gives 0. */
  _PyUnstable_GC_VisitObjects(callback: number, data: Address): void;
  _PyType_GetSlot(type: Address, slot: number): Address;
  _PyType_IsSubtype(type: Address, base: Address): number;
  /** @param at The place of the next entry, then its key and its value: three words. */
  _PyDict_Next(dict: Address, at: Address, key: Address, value: Address): number;
  _PyList_Size(list: Address): number;
  _PyList_GetItem(list: Address, index: number): Address;
  _PyTuple_Size(tuple: Address): number;
  _PyTuple_GetItem(tuple: Address, index: number): Address;
  _PyUnicode_GetLength(text: Address): number;
  _PyUnicode_ReadChar(text: Address, index: number): number;
  _PyLong_AsDouble(number: Address): number;
  _PyFloat_AsDouble(number: Address): number;
  _PyErr_Occurred(): Address;
  _PyFunction_GetCode(callable: Address): Address;
  _PyFunction_GetGlobals(callable: Address): Address;
  _PyFunction_GetDefaults(callable: Address): Address;
  _PyFunction_GetKwDefaults(callable: Address): Address;
  _PyFunction_GetClosure(callable: Address): Address;
  /** A new reference, as the next ones. */
  _PyException_GetTraceback(exception: Address): Address;
  _PyException_GetCause(exception: Address): Address;
  _PyException_GetContext(exception: Address): Address;
  _PyException_GetArgs(exception: Address): Address;
};

/** `Py_tp_…`, of the stable ABI. */
export const slots = { base: 48, traverse: 71, members: 72 } as const;
