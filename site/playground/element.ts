/** @throws Error when the page has no such element. */
export function element<E extends HTMLElement = HTMLElement>(
  selector: string,
  kind?: new () => E,
): E {
  const found = document.querySelector(selector);
  if (!(found instanceof (kind ?? HTMLElement))) throw new Error(`no ${selector} in the page`);
  return found as E;
}
