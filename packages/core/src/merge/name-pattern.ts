const uuid = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/gi;
const word = /[A-Za-z\d]+/g;

/**
 * What a name has in common with those that differ in ids or numbers alone: `page-0041.py` is
 * `page-*.py`. Ids are UUIDs, and words of six letters and more that are hexadecimal or have digits in
 * several places. The pattern of a pattern is itself.
 */
export function namePattern(name: string): string {
  if (!/\d/.test(name)) return name;
  return name.replace(uuid, '*').replace(word, wordPattern).replace(/\d+/g, '*');
}

function wordPattern(text: string): string {
  const numbers = text.match(/\d+/g);
  if (numbers === null || text.length < 6) return text;
  return numbers.length > 1 || /^[\da-f]+$/i.test(text) ? '*' : text;
}
