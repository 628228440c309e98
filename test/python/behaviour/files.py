f = open('x.txt', 'w')
print(f.write('héllo\nwörld\r\nx\rlast'))
f.close()
for nl in (None, '', '\n', '\r', '\r\n'):
    with open('x.txt', newline=nl) as f:
        print(repr(nl), list(f), f.newlines)
with open('x.txt') as f:
    print(f.read(3), f.tell(), repr(f.readline()), f.tell(), f.readline(2), f.tell())
    f.seek(0); print(repr(f.read()), repr(f.read()))
    print(f)
with open('x.txt', 'rb') as f:
    print(f, f.read(2), f.readline(), f.tell(), f.peek(2)[:2], f.readlines())
with open('x.txt', 'a') as f:
    print(f.tell()); f.write('zz'); print(f.tell())
with open('x.txt', 'r+') as f:
    print(repr(f.readline())); f.seek(0,2); f.write('END'); f.seek(0); print(repr(f.read()))
try: open('nope')
except FileNotFoundError as e: print(e, e.errno, e.filename, e.args)
try: open('.')
except OSError as e: print(type(e), e)
for enc in 'utf-16','utf-8-sig','cp1252','latin-1','utf-32','utf-16-be','ascii','koi8-r':
    try:
        with open('e.txt','w',encoding=enc) as f: f.write('a€😀\n' if enc.startswith('utf') else 'a\xe9\n')
        with open('e.txt','rb') as f: print(enc, f.read())
        with open('e.txt',encoding=enc) as f: print(enc, repr(f.read()))
    except UnicodeError as e: print(enc, type(e).__name__, e, e.start, e.reason)
with open('e.txt','wb') as f: f.write(b'ab\xff\xfec\n\xe2\x82')
for er in 'strict','ignore','replace','backslashreplace','surrogateescape':
    try: print(er, ascii(open('e.txt',encoding='utf-8',errors=er).read()))
    except UnicodeDecodeError as e: print(e)
for bad in ('z','rw','rbt','r+b+',''):
    try: open('x.txt', bad)
    except ValueError as e: print(bad, e)
try: open('x.txt', encoding='klingon')
except LookupError as e: print(e)
try: open('x.txt', 'rb', encoding='utf-8')
except ValueError as e: print(e)
f=open('x.txt')
try: f.write('a')
except Exception as e: print(type(e), e)
f.close()
try: f.read()
except ValueError as e: print(e)
import io
print(isinstance(f, io.TextIOBase), isinstance(f, io.IOBase), type(f))
w = io.TextIOWrapper(io.BytesIO(b'a\xe9\r\nb'), encoding='latin-1')
print(w.readlines())
b=io.BytesIO(); w = io.TextIOWrapper(b, encoding='utf-8', newline='\r\n'); w.write('a\nb'); w.flush(); print(b.getvalue())
import sys
sys.stdout.buffer.write(b'bytes\n'); sys.stdout.flush(); print(sys.stdout, sys.stdout.encoding)
print(open('x.txt','rb',buffering=0))
open('y.txt', 'w', encoding='latin-1', newline='\r\n').write('é\n')
print(open('y.txt', 'rb').read())
