def tried(what):
    try:
        return ascii(what())
    except UnicodeError as error:
        return f'{type(error).__name__}: {ascii(str(error))} {error.start}-{error.end} of {ascii(error.object)}'

for encoding in 'utf-8', 'utf-8-sig', 'ascii', 'latin-1', 'cp1252', 'utf-16', 'cp437', 'big5':
    for errors in 'strict', 'ignore', 'replace', 'backslashreplace', 'surrogateescape':
        print(encoding, errors)
        print(' ', tried(lambda: '\xe9\u4e00\ud800x'.encode(encoding, errors)))
        print(' ', tried(lambda: b'\xff\xfea\x81b'.decode(encoding, errors)))
print(tried(lambda: str(b'\xef\xbb\xbf\xc3\xa9', 'utf-8')), tried(lambda: bytes('\u20ac', 'cp858')))
print(tried(lambda: bytearray('\u65e5', 'gb18030')), tried(lambda: bytearray(b'\x82').decode('cp850')))
print(UnicodeDecodeError('ascii', b'a\xff', 1, 2, 'for no reason'))
for data in b'\xef\xbb\xbfa\xff', b'\xff\xfea\0\0\xd8', b'\xfe\xff\0a\xd8\0', b'\xff\xfe\0\0a\0\0\0\xff', b'\0\0\xfe\xff\0\0\0a', b'':
    print([tried(lambda: data.decode(encoding)) for encoding in ('utf-8-sig', 'utf-16', 'utf-32')])
