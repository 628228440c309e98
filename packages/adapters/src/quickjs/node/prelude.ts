/** Shown as the file of what follows, which is left out of tracebacks. */
export const preludeFile = '<tracemalloc>';

/** What programs expect beside the language: `console`, `print`, `scriptArgs`, timers. Gives what runs those that are due. */
export const prelude = `(function (write, inherit, scriptArgs) {
  const text = (value) => {
    if (typeof value === 'string') return value;
    if (value instanceof Error) return value + '\\n' + value.stack;
    if (typeof value !== 'object' || value === null) return String(value);
    try {
      return JSON.stringify(value);
    } catch {
      return String(value);
    }
  };
  const printing = (stream) => (...values) => write(stream, values.map(text).join(' ') + '\\n');
  globalThis.scriptArgs = scriptArgs;
  globalThis.print = printing(1);
  const [log, error] = [printing(1), printing(2)];
  globalThis.console = { log, info: log, debug: log, error, warn: error };
  const timers = new Map();
  let last = 0;
  globalThis.setTimeout = (callback, delay, ...args) => {
    const run = () => callback(...args);
    inherit(run);
    timers.set(++last, { at: Date.now() + (Number(delay) || 0), run });
    return last;
  };
  globalThis.clearTimeout = (id) => void timers.delete(id);
  return () => {
    let next = null;
    for (const [id, timer] of timers) {
      if (next === null || timer.at < next.timer.at) next = { id, timer };
    }
    if (next === null) return -1;
    const wait = next.timer.at - Date.now();
    if (wait > 0) return wait;
    timers.delete(next.id);
    next.timer.run();
    return 0;
  };
})`;
