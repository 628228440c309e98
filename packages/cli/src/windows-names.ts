/** Whether a file's name is one of Windows: both slashes are one there, and both cases. */
export function isWindows(name: string): boolean {
  return /^(?:[a-z]:[\\/]|\\\\)/i.test(name);
}

/** A path as it is typed on Windows, with the slashes of all others. */
export function slashed(path: string): string {
  return path.replaceAll('\\', '/');
}
