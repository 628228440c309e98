/** A column of a page's tables. */
export type PageColumn = Int32Array | Uint32Array | Float64Array | Uint8Array;

/** A column, by its name in the page. */
export type NamedColumn = [name: string, column: PageColumn];
