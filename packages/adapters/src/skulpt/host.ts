/** The parts of a loaded `Sk` that are used. */
export type SkulptHost = {
  readonly builtin: Readonly<Record<string, unknown>>;
};
