/** How servers take a snapshot. */
export const protocols = ['otlp', 'otlp-json', 'pyroscope'] as const;

/** One of them. */
export type Protocol = (typeof protocols)[number];
