"""The encodings of single bytes that CPython has: python3.13 record_charmaps.py > ../../../src/python/node/charmap-tables.ts"""
import encodings
import pkgutil
from encodings.aliases import aliases

ASCII = ''.join(map(chr, range(128)))
NONE = '\ufffe'
ELSEWHERE = ('ascii', 'latin_1', 'utf_7', 'charmap', 'mbcs', 'oem', 'undefined',
             'raw_unicode_escape', 'unicode_escape')


def table_of(name):
    """Chars by byte; None for what is no encoding of single bytes."""
    chars = []
    for byte in range(256):
        try:
            char = bytes([byte]).decode(name)
        except UnicodeDecodeError as error:
            if error.encoding != 'charmap':
                return None
            char = NONE
        except Exception:
            return None
        if len(char) != 1:
            return None
        chars.append(char)
    return ''.join(chars)


def quoted(text):
    escaped = ''.join(
        char if char.isprintable() and ord(char) < 0xe000 and char not in "'\\" and not bidi(char)
        else '\\' + char if char in "'\\"
        else f'\\x{ord(char):02x}' if ord(char) < 0x100
        else f'\\u{ord(char):04x}'
        for char in text)
    return f"'{escaped}'"


def bidi(char):
    return '\u0590' <= char <= '\u08ff'


print('''// Made by test/python/node/record_charmaps.py with CPython 3.13.

/** Chars of an encoding from byte 80 on, below which ASCII is, or of all bytes; U+FFFE where none is. */
export type CharmapTable = string;

/** CPython's encodings of single bytes by their names, the first its own, as keys with hyphens. */
export const charmapTables: Readonly<Record<string, CharmapTable>> = {''')
for module in sorted(module.name for module in pkgutil.iter_modules(encodings.__path__)):
    if module in ELSEWHERE:
        continue
    table = table_of(module)
    if table is None:
        continue
    names = [module] + sorted(name.lower() for name, target in aliases.items() if target == module)
    key = ' '.join(dict.fromkeys(name.replace('_', '-') for name in names))
    text = table[128:] if table.startswith(ASCII) else table
    print(f'  {quoted(key) if not key.isidentifier() else key}:\n    {quoted(text)},')
print('};')
