"""Texts that are compiled first, as doctest and consoles do, and streams in memory."""
import builtins
import contextlib
import doctest
import io


def compiled(text, mode='single', name='text.py'):
    exec(compile(text, name, mode), globals())


compiled('1 + 1')
compiled("'abc'")
compiled('for i in range(2):\n    i\n    "x", i\n')
compiled('None')
compiled('if 1:\n    3\nelse:\n    4\n')
compiled('def f():\n    3\n')
f()
compiled('class A:\n    3\n')
compiled('try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    error\nfinally:\n    9\n')
print(builtins._)
for name in ('plain.py', '<text>', 'o\'brien.py', 'back\\slash.py', '\U0001f600.py'):
    compiled('kept = [1]\ndef g():\n    return [kept, f]\nprint(len(g()))', 'exec', name)
code = compile('twice = [i for i in range(3)]\nprint(twice)', 'twice.py', 'exec')
exec(code, {})
exec(code, {})
print(eval(compile('[1, 2]', 'three.py', 'eval')))


def documented(n):
    """
    >>> documented(3)
    [0, 1, 2]
    >>> 'text'
    'text'
    >>> x = documented(2)
    >>> for item in x:
    ...     item
    0
    1
    >>> print('several', *x)
    several 0 1
    >>> documented(-1)
    Traceback (most recent call last):
        ...
    ValueError: -1 is less than 0
    >>> documented(1)
    [1]
    """
    if n < 0:
        raise ValueError(f'{n} is less than 0')
    return list(range(n))


with contextlib.redirect_stdout(io.StringIO()) as out:
    results = doctest.testmod()
print(results)
print(out.getvalue().replace(__file__, 'interactive.py'))

text = io.StringIO()
text.write('hello\nworld\n')
text.seek(0)
text.truncate()
print(repr(text.getvalue()), text.tell())
text.write('hello\nworld\n')
text.truncate(3)
print(repr(text.getvalue()), text.tell())
text = io.StringIO('a\nbb\nccc')
for _ in range(4):
    print(repr(text.readline()), text.tell())
text = io.StringIO('abcdef')
text.read(2)
text.write('ZZ')
print(text.getvalue(), text.read(), text.tell())
data = io.BytesIO(b'a\nbb\nccc')
for _ in range(4):
    print(data.readline(), data.tell())
