import fc from 'fast-check';

/**
 * Texts of any characters, also such as prototypes have. The unit `binary` of fast-check means the
 * same, but tabulates all of Unicode first, so as to shrink texts that nobody drew: 1.5 s a process.
 */
export function anyText(maxLength = 10): fc.Arbitrary<string> {
  const point = fc.oneof(
    fc.integer({ min: 0, max: 0xff }),
    fc.integer({ min: 0, max: 0xd7ff }),
    fc.integer({ min: 0xe000, max: 0x10ffff }),
  );
  return fc.oneof(
    {
      weight: 20,
      arbitrary: fc
        .array(point, { maxLength })
        .map((points) => points.map((one) => String.fromCodePoint(one)).join('')),
    },
    { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', 'toString', 'length') },
  );
}
