const loading = new Map<string, Promise<void>>();

/** Runs a script of this site, once. A failed load is tried again when asked again. */
export function loadScript(path: string): Promise<void> {
  const known = loading.get(path);
  if (known !== undefined) return known;
  const loaded = new Promise<void>((resolve, reject) => {
    const script = document.createElement('script');
    script.src = path;
    script.addEventListener('load', () => resolve());
    script.addEventListener('error', () => {
      loading.delete(path);
      script.remove();
      reject(new Error(`${path} can't be loaded`));
    });
    document.head.append(script);
  });
  loading.set(path, loaded);
  return loaded;
}
