// The host globals that formats use: they run in browsers, workers and Node alike.

declare class TextEncoder {
  encode(text: string): Uint8Array;
}

declare const crypto: {
  readonly subtle: {
    digest(algorithm: 'SHA-256', bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
  };
};
