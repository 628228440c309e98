// The host globals that this folder may touch: every JavaScript host has them, the ES library lacks
// them.

declare class TextEncoder {
  encode(text: string): Uint8Array;
}

declare class TextDecoder {
  decode(bytes: Uint8Array): string;
}

/** Base64 of a string of bytes. */
declare function btoa(bytes: string): string;
