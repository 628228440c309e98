# What imports find: sys.path, packages, names of any kind, sources in any encoding.
import importlib, os, pathlib, sys


def write(name, text, encoding='utf-8', newline=None):
    path = pathlib.Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, 'w', encoding=encoding, newline=newline) as file:
        file.write(text)


def attempt(work):
    try:
        print(work())
    except Exception as error:
        print(type(error).__name__, str(error).replace(os.getcwd(), '.'))


here = os.getcwd()
print(os.path.isabs(__file__), __name__, __package__, __spec__)
print(os.path.samefile(sys.path[0], here), sys.argv == [__file__])

write('statistics.py', 'def mean(values):\n    return "mine"\n')
import statistics
print(statistics.mean([1]), os.path.samefile(statistics.__file__, 'statistics.py'))

write('io.py', 'raise RuntimeError("imported")\n')
import io
print(hasattr(io, 'StringIO'))

write('pack/__init__.py', 'from .inner import VALUE\nfrom . import inner as again\n')
write('pack/inner.py', 'VALUE = [1, 2]\nfrom .sub.deep import UP\n')
write('pack/sub/__init__.py', '')
write('pack/sub/deep.py', 'from .. import sub\nfrom .. import sub as same\nUP = sub is same\n')
import pack.sub.deep
print(pack.VALUE, pack.again is pack.inner, pack.inner.UP, pack.__package__, pack.sub.deep.__package__)
print(pack.__spec__.name, pack.__path__ == [os.path.join(here, 'pack')], pack.inner.__spec__.parent)
attempt(lambda: importlib.import_module('pack.nothing'))
attempt(lambda: importlib.import_module('.inner', 'pack').VALUE)
write('pack/bad.py', 'from ...pack import sub\n')
attempt(lambda: importlib.import_module('pack.bad'))
attempt(lambda: exec('from . import pack'))

write('one/space/first.py', 'X = 1\n')
write('two/space/second.py', 'X = 2\n')
sys.path.insert(0, os.path.join(here, 'one'))
sys.path.append('two')
import space.first, space.second
print(space.first.X, space.second.X, len(list(space.__path__)))
write('late/found.py', 'import sys\nsys.path.append("further")\n')
write('further/last.py', 'DONE = True\n')
attempt(lambda: importlib.import_module('last'))
sys.path[:0] = ['late']
importlib.invalidate_caches()
import found
import last
print(last.DONE, sys.path[-1], sys.modules['found'] is found)

write('a-b.py', 'class C:\n    def f(self): return [x for x in "ab"], (lambda: 3)()\n')
dashed = importlib.import_module('a-b')
print(dashed.__name__, dashed.C().f(), dashed.C.__module__)
write("it's \"me\"\\n.py", 'import os\nFILE = os.path.basename(__file__)\ndef f(): return f.__module__\n')
odd = importlib.import_module("it's \"me\"\\n")
print(odd.FILE, odd.f())
write('ключ.py', 'ЗНАЧЕНИЕ = "да"\n')
import ключ
print(ключ.ЗНАЧЕНИЕ)
write('😀.py', 'FACE = "😀"\n')
print(len(importlib.import_module('😀').FACE))

write('crlf.py', 'X = """a\nb"""\nY = 2\n', newline='\r\n')
write('cr.py', 'X = 1\nY = 2\n', newline='\r')
write('marked.py', 'X = "é"\n', encoding='utf-8-sig')
write('latin.py', '# -*- coding: latin-1 -*-\nX = "é"\n', encoding='latin-1')
write('second.py', '#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nX = "€"\n', encoding='cp1252')
write('feed.py', 'X = 1\n\f\ndef f():\n    return 2\n')
import crlf, cr, marked, latin, second, feed
print(repr(crlf.X), cr.Y, marked.X, latin.X, second.X, feed.f())
write('wrong.py', 'X = "é"\n', encoding='latin-1')
try:
    import wrong
except SyntaxError as error:
    print('utf-8' in str(error))

namespace = {'__name__': "x = 1; y'"}
exec('class K:\n    pass\ndef f(): return __name__', namespace)
print(namespace['K'].__module__, namespace['f']())
for name in ("o'brien.py", 'back\\slash', 'new\nline', '"quoted"'):
    code = compile('def f(): raise KeyError(1)', name, 'exec')
    exec(code, namespace)
    try:
        namespace['f']()
    except KeyError as error:
        print(error.__traceback__.tb_next.tb_frame.f_code.co_filename == name)
    print(eval(compile('1 + 1', name, 'eval')))
