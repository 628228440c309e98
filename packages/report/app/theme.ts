/** Light or dark: the system's, until the reader asks for the other. */
export function toggleTheme(): void {
  const { dataset } = document.documentElement;
  const systems = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  dataset['theme'] = (dataset['theme'] ?? systems) === 'dark' ? 'light' : 'dark';
  // Canvases hold colours that no style sheet reaches.
  document.dispatchEvent(new Event('themechange'));
}
