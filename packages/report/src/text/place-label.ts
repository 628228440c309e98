import { nowhere, type Place } from '../model/place.ts';
import { plain } from './plain.ts';

/** `load at a.py:3`; without a function `a.py:3`; `???` for what no frame of the guest allocated. */
export function placeLabel({ filename, lineno, functionName }: Place): string {
  if (isNowhere({ filename, lineno, functionName })) return '???';
  const line = `${plain(filename)}:${lineno}`;
  return functionName === '' ? line : `${plain(functionName)} at ${line}`;
}

export function isNowhere({ filename, lineno, functionName }: Place): boolean {
  return filename === nowhere.filename && lineno === nowhere.lineno && functionName === '';
}
