/** Where a site is, and so what it is a child of: a line, its file, its folder. */
export type Place = { readonly file: string; readonly line: number; readonly functionName: string };

/** Kinds of places, from the line up. */
export const placeKinds = ['line', 'file', 'folder', 'all'] as const;
export type PlaceKind = (typeof placeKinds)[number];

/** The caller of what was folded; in a chart it stands where the stacks would. */
export const marks: Readonly<Record<PlaceKind, string>> = {
  line: '<many stacks>',
  file: '<many lines>',
  folder: '<many files>',
  all: '<many folders>',
};

/** The frame that stands for a place of a kind. */
export function shownPlace(place: Place, kind: PlaceKind): Place {
  if (kind === 'line') return place;
  const { file } = place;
  const name = { file, folder: `${folderOf(file)}*`, all: '*' }[kind];
  return { file: name, line: 0, functionName: '' };
}

/** With its slash; `''` where there is none. */
export function folderOf(file: string): string {
  return file.slice(0, Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
}
