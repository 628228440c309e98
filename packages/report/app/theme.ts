const key = 'tracemalloc-theme';

/** The reader's choice of the last time, where the browser keeps such things for files. */
export function restoreTheme(): void {
  try {
    const kept = localStorage.getItem(key);
    if (kept === 'dark' || kept === 'light') document.documentElement.dataset['theme'] = kept;
  } catch {
    // Not allowed here: the system's theme it is.
  }
}

/** Light or dark: the system's, until the reader asks for the other. */
export function toggleTheme(): void {
  const { dataset } = document.documentElement;
  const systems = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  dataset['theme'] = (dataset['theme'] ?? systems) === 'dark' ? 'light' : 'dark';
  try {
    localStorage.setItem(key, dataset['theme']);
  } catch {
    // Not allowed here: the choice lasts as long as the page.
  }
  // Canvases hold colours that no style sheet reaches.
  document.dispatchEvent(new Event('themechange'));
}
