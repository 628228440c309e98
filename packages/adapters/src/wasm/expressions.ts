import { signed, unsigned } from './bytes.ts';

/** Instructions of WASM; those of an expression leave its value. */
export type Code = readonly number[];

/** A parameter or a variable. */
export const get = (index: number): Code => [0x20, ...unsigned(index)];
export const set = (index: number, value: Code): Code => [...value, 0x21, ...unsigned(index)];
export const tee = (index: number, value: Code): Code => [...value, 0x22, ...unsigned(index)];
export const global = (index: number): Code => [0x23, ...unsigned(index)];
export const setGlobal = (index: number, value: Code): Code => [...value, 0x24, ...unsigned(index)];

export const num = (value: number): Code => [0x41, ...signed(value)];

/** The word of 32 bits at `address + offset`. */
export const load = (address: Code, offset = 0): Code => [...address, 0x28, 2, ...unsigned(offset)];
export const loadByte = (address: Code, offset = 0): Code => [
  ...address,
  0x2d,
  0,
  ...unsigned(offset),
];
export const store = (address: Code, value: Code, offset = 0): Code => [
  ...[...address, ...value],
  ...[0x36, 2, ...unsigned(offset)],
];
/** The same of doubles. */
export const loadDouble = (address: Code, offset = 0): Code => [
  ...address,
  0x2b,
  3,
  ...unsigned(offset),
];
export const storeDouble = (address: Code, value: Code, offset = 0): Code => [
  ...[...address, ...value],
  ...[0x39, 3, ...unsigned(offset)],
];
export const one: Code = [0x44, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f];

type Binary = (a: Code, b: Code) => Code;
const binary =
  (code: number): Binary =>
  (a, b) => [...a, ...b, code];
export const add: Binary = binary(0x6a);
export const sub: Binary = binary(0x6b);
export const mul: Binary = binary(0x6c);
export const and: Binary = binary(0x71);
export const or: Binary = binary(0x72);
export const xor: Binary = binary(0x73);
export const shl = (a: Code, bits: number): Code => [...a, ...num(bits), 0x74];
/** Unsigned. */
export const shr = (a: Code, bits: number): Code => [...a, ...num(bits), 0x76];
export const eq: Binary = binary(0x46);
export const ne: Binary = binary(0x47);
export const lessSigned: Binary = binary(0x48);
/** Unsigned, as addresses and sizes are. */
export const less: Binary = binary(0x49);
export const not = (a: Code): Code => [...a, 0x45];
export const addDouble: Binary = binary(0xa0);
export const subDouble: Binary = binary(0xa1);
export const neDouble: Binary = binary(0x62);
export const greaterDouble: Binary = binary(0x64);
/** An unsigned integer as a double. */
export const double = (a: Code): Code => [...a, 0xb8];

export const when = (condition: Code, ...then: Code[]): Code => [
  ...[...condition, 0x04, 0x40],
  ...then.flat(),
  0x0b,
];
export const whenElse = (condition: Code, then: Code, otherwise: Code): Code => [
  ...[...condition, 0x04, 0x40, ...then],
  ...[0x05, ...otherwise, 0x0b],
];
/** The value of one of two expressions. */
export const choose = (condition: Code, then: Code, otherwise: Code): Code => [
  ...[...condition, 0x04, 0x7f, ...then],
  ...[0x05, ...otherwise, 0x0b],
];
export const loopWhile = (condition: Code, ...body: Code[]): Code => [
  ...[0x02, 0x40, 0x03, 0x40, ...condition, 0x45, 0x0d, 1],
  ...[...body.flat(), 0x0c, 0, 0x0b, 0x0b],
];
/** Until a `returning` in it. */
export const forever = (...body: Code[]): Code => [...[0x03, 0x40, ...body.flat(), 0x0c, 0, 0x0b]];
export const returning = (value: Code = []): Code => [...value, 0x0f];
export const unreachable: Code = [0x00];
export const drop = (value: Code): Code => [...value, 0x1a];

/** Pages of 64 KiB that the memory has; more of them gives how many there were, or −1. */
export const pages: Code = [0x3f, 0];
export const growBy = (count: Code): Code => [...count, 0x40, 0];
/** Sets `length` bytes to 0. */
export const clear = (address: Code, length: Code): Code => [
  ...[...address, ...num(0), ...length],
  ...[0xfc, 11, 0],
];
