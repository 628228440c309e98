import { readFileSync, statSync } from 'node:fs';

/**
 * What Brython expects of a page and Node does not have. Nothing here does anything, but for
 * XMLHttpRequest, which Brython imports modules with: here it reads files.
 */
export function pageShims(): Record<string, unknown> {
  const silent = (): void => {};
  return {
    location: { href: 'http://localhost/', origin: 'http://localhost', pathname: '/' },
    navigator: { userLanguage: 'en' },
    document: {
      getElementsByTagName: () => [{ src: 'http://localhost/' }],
      currentScript: { src: 'http://localhost/' },
      querySelectorAll: () => [],
      querySelector: () => null,
      dispatchEvent: silent,
    },
    addEventListener: silent,
    HTMLElement: class {},
    MutationObserver: class {
      observe(): void {}
      disconnect(): void {}
    },
    customElements: { define: silent },
    // Brython reports failed imports and its own troubles there, at any length.
    console: { debug: silent, error: silent, info: silent, log: silent, warn: silent },
    XMLHttpRequest: FileRequest,
  };
}

/** Reads local files by path as if they came by HTTP: status 200 or 404. */
class FileRequest {
  readyState = 0;
  status = 0;
  responseText = '';
  #path = '';
  #modified = '';

  open(_method: string, url: string): void {
    this.#path = url.replace(/\?v=\d+$/, '');
  }

  send(): void {
    this.readyState = 4;
    try {
      this.#modified = statSync(this.#path).mtime.toUTCString();
      this.responseText = readFileSync(this.#path, 'utf8');
      this.status = 200;
    } catch {
      this.status = 404;
    }
  }

  abort(): void {}
  overrideMimeType(): void {}
  setRequestHeader(): void {}

  getResponseHeader(name: string): string | null {
    return name.toLowerCase() === 'last-modified' ? this.#modified : null;
  }
}
