import { namePattern } from './name-pattern.ts';
import { folderOf } from './places.ts';

/**
 * What sites have in common with those whose names of files, functions and labels differ in ids and
 * numbers alone; and their lines, files and folders. Each is a number of 53 bits, made of names and
 * not of rows, so that it is the same in every table.
 */
export class SitePatterns {
  /** Whether the site that was finished last is a pattern itself. */
  wasPattern = false;
  readonly #at: (row: number) => string;
  /** By row of a string. */
  readonly #patterns: string[] = [];
  readonly #low: number[] = [];
  readonly #high: number[] = [];
  /** Whether it has a `*`, and whether it is another text than the name. */
  readonly #stars: boolean[] = [];
  readonly #changes: boolean[] = [];
  readonly #folders: number[] = [];
  #a = 0;
  #b = 0;
  #hasNumber = false;
  #hasStar = false;

  /** @param at the string of a row. */
  constructor(at: (row: number) => string) {
    this.#at = at;
  }

  /** Of the name in a row. */
  nameOf(row: number): string {
    let pattern = this.#patterns[row];
    if (pattern === undefined) {
      pattern = namePattern(this.#at(row));
      this.#patterns[row] = pattern;
      this.#stars[row] = pattern.includes('*');
      this.#changes[row] = pattern !== this.#at(row);
      [this.#low[row], this.#high[row]] = hashOf(pattern);
    }
    return pattern;
  }

  /** Frame by frame, most recent first; then {@link finish}. */
  addFrame(file: number, line: number, functionName: number): void {
    this.#addName(file);
    this.#mix(line, line);
    this.#addName(functionName);
  }

  /** @returns what the site is, and makes ready for the next one. @param type has no pattern. */
  finish(domain: number, type: number, label: number): number {
    this.#addName(label);
    this.#mix(domain, ~domain);
    this.#mix(...hashOf(this.#at(type)));
    this.wasPattern = this.#hasStar && !this.#hasNumber;
    return this.#taken();
  }

  lineOf(file: number, line: number, functionName: number): number {
    this.addFrame(file, line, functionName);
    return this.#taken();
  }

  fileOf(file: number): number {
    this.#addName(file);
    return this.#taken();
  }

  folderOf(file: number): number {
    let folder = this.#folders[file];
    if (folder === undefined) {
      this.#mix(...hashOf(folderOf(this.nameOf(file))));
      folder = this.#taken();
      this.#folders[file] = folder;
    }
    return folder;
  }

  #addName(row: number): void {
    if (this.#patterns[row] === undefined) this.nameOf(row);
    this.#hasStar ||= this.#stars[row]!;
    this.#hasNumber ||= this.#changes[row]!;
    this.#mix(this.#low[row]!, this.#high[row]!);
  }

  #mix(low: number, high: number): void {
    const a = Math.imul(this.#a ^ low, 0x9e3779b1);
    this.#a = a ^ (a >>> 15);
    const b = Math.imul(this.#b ^ high, 0x85ebca6b) + this.#a;
    this.#b = b ^ (b >>> 13);
  }

  #taken(): number {
    const number = (this.#b & 0x1fffff) * 2 ** 32 + (this.#a >>> 0);
    [this.#a, this.#b, this.#hasStar, this.#hasNumber] = [0, 0, false, false];
    return number;
  }
}

function hashOf(text: string): [low: number, high: number] {
  let [low, high] = [0x2c1b3c6d, 0x297a2d39];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x5f356495);
    high ^= high >>> 15;
  }
  return [low ^ (low >>> 16), high];
}
