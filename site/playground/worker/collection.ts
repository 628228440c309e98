/** Asked for in one piece; nothing is written to it, so that no memory is really used. */
const pressureBytes = 32 * 2 ** 20;
const mostTries = 12;

/**
 * Nobody may ask a browser to collect garbage, but it does so by itself where much is asked for: asks
 * until something that nobody holds is gone, or gives up.
 */
export async function encourageCollection(): Promise<void> {
  const witness = new WeakRef({});
  for (let tries = 0; tries < mostTries && witness.deref() !== undefined; tries++) {
    new ArrayBuffer(pressureBytes);
    await new Promise((resolve) => setTimeout(resolve));
  }
}
