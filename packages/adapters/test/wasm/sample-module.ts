const leb = (value: number): number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >> 7)];
const text = (name: string): number[] => [...leb(name.length), ...Buffer.from(name)];
const section = (id: number, ...bytes: number[]): number[] => [id, ...leb(bytes.length), ...bytes];
const body = (...code: number[]): number[] => [...leb(code.length + 2), 0, ...code, 0x0b];

const i32 = 0x7f;
const i64 = 0x7e;

/**
 * A module by hand. It imports `say`, function 0, and defines:
 * - 1, exported as `add` and `plus`: the sum of two numbers;
 * - 2, exported as `twice`: `add(a, a)`;
 * - 3, exported as `byPointer`: the same through slot 0 of a table that can't grow;
 * - 4, named `hidden` by its name section alone: 7;
 * - 5, exported as `tell`: calls `hidden` and says it;
 * - 6, exported as `wide`: the sum of two numbers of 64 bits.
 */
export function sampleModule(): Uint8Array {
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(0, ...text('first'), 1, 2, 3),
    ...section(
      1,
      ...[5, 0x60, 1, i32, 0],
      ...[0x60, 2, i32, i32, 1, i32],
      ...[0x60, 1, i32, 1, i32],
      ...[0x60, 0, 1, i32],
      ...[0x60, 2, i64, i64, 1, i64],
    ),
    ...section(2, 1, ...text('env'), ...text('say'), 0, 0),
    ...section(3, 6, 1, 2, 2, 3, 0, 4),
    ...section(4, 1, 0x70, 1, 1, 1),
    ...section(6, 1, i32, 1, 0x41, 5, 0x0b),
    ...section(
      7,
      7,
      ...[...text('add'), 0, 1, ...text('plus'), 0, 1, ...text('twice'), 0, 2],
      ...[...text('byPointer'), 0, 3, ...text('tell'), 0, 5, ...text('wide'), 0, 6],
      ...[...text('five'), 3, 0],
    ),
    ...section(9, 1, 0, 0x41, 0, 0x0b, 1, 1),
    ...section(
      10,
      6,
      ...body(0x20, 0, 0x20, 1, 0x6a),
      ...body(0x20, 0, 0x20, 0, 0x10, 1),
      ...body(0x20, 0, 0x20, 0, 0x41, 0, 0x11, 1, 0),
      ...body(0x41, 7),
      ...body(0x10, 4, 0x10, 0),
      ...body(0x20, 0, 0x20, 1, 0x7c),
    ),
    ...section(0, ...text('name'), 1, ...leb(9), 1, 4, ...text('hidden')),
  ]);
}
