# What tells of errors and shows source: traceback, linecache, logging, inspect, doctest, unittest.
import doctest, inspect, io, linecache, logging, os, sys, tokenize, traceback, unittest


def divide(x):
    """Divides.

    >>> divide(2)
    0.5
    >>> divide(4)
    0.5
    """
    return 1 / x


def shown(text):
    """Without carets, which Brython does not know."""
    lines = text.replace(os.getcwd() + os.sep, '').splitlines()
    return '\n'.join(line for line in lines if line.strip(' ^~') or not line)


try:
    divide(0)
except ZeroDivisionError as error:
    print(shown(traceback.format_exc()))
    print([(frame.lineno, frame.name, frame.line)
           for frame in traceback.extract_tb(error.__traceback__)])
    try:
        raise KeyError('other') from error
    except KeyError:
        print(shown(traceback.format_exc()))

print(repr(linecache.getline(__file__, 1)))
print(inspect.getsource(divide))
print(inspect.getsourcelines(shown)[1])
with tokenize.open(__file__) as file:
    print(file.encoding, repr(file.readline()))

stream = io.StringIO()
logging.basicConfig(stream=stream, format='%(levelname)s %(message)s')
try:
    open('no such file')
except OSError:
    logging.exception('failed')
print(shown(stream.getvalue()))

real, sys.stdout = sys.stdout, io.StringIO()
result = doctest.testmod(verbose=False)
text, sys.stdout = sys.stdout.getvalue(), real
print(shown(text), result)


class Numbers(unittest.TestCase):

    def test_right(self):
        self.assertEqual(divide(2), 0.5)

    def test_wrong(self):
        """One that fails."""
        self.assertEqual(divide(4), 0.5)

    def test_error(self):
        divide(0)

    @unittest.skip('not now')
    def test_skipped(self):
        pass


stream = io.StringIO()
tests = unittest.defaultTestLoader.loadTestsFromTestCase(Numbers)
result = unittest.TextTestRunner(stream, verbosity=2).run(tests)
print(shown(stream.getvalue()).replace(stream.getvalue().split(' tests in ')[1].split('s')[0], 'X'))
print(result)

import unicodedata
print([unicodedata.east_asian_width(c) for c in 'aä¡你ｱＡ한\u0378\U0001f600\U0010ffff'])
with open('wide.py', 'w', encoding='utf-8') as file:
    file.write('def f(x): return x\nназвание = "你好", f(1) + f("ü")\n')
try:
    import wide
except TypeError:
    lines = traceback.format_exc().replace(os.getcwd() + os.sep, '').splitlines()
    print([line for line in lines if '^' in line or 'назв' in line])
