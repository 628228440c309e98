// A shop whose cache has ever new keys.
const pages = new Map();
let number = 0;

function page(key, render) {
  if (!pages.has(key)) pages.set(key, render());
  return pages.get(key);
}

function product(query) {
  return page(`${query.id}/${query.request}`, () => new Array(query.id + 1).fill('li'));
}

globalThis.serve = (requests) => {
  for (let i = 0; i < requests; i++) {
    number++;
    product({ id: number % 10, request: number });
  }
};
