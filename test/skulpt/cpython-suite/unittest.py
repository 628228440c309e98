"""What CPython's test_tracemalloc takes from unittest, in the Python that Skulpt knows.

Skulpt's own unittest goes on after a failed assertion and has no skipping, cleanup or mock.
"""


class SkipTest(Exception):
    pass


def skipIf(condition, reason):
    def decorate(item):
        return item

    if not condition:
        return decorate

    def skipped(item):
        item._skip_reason = reason
        return item

    return skipped


class _Raises:
    def __init__(self, test, expected):
        self._test = test
        self._expected = expected
        self.exception = None

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if kind is None:
            self._test.fail('%s not raised' % self._expected.__name__)
        self.exception = error
        return issubclass(kind, self._expected)


class _SubTest:
    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False


class TestCase:
    def __init__(self, name):
        self._testMethodName = name
        self._cleanups = []

    def setUp(self):
        pass

    def tearDown(self):
        pass

    def addCleanup(self, function, *args):
        self._cleanups.append((function, args))

    def doCleanups(self):
        while self._cleanups:
            function, args = self._cleanups.pop()
            function(*args)

    def subTest(self, **parameters):
        return _SubTest()

    def skipTest(self, reason):
        raise SkipTest(reason)

    def fail(self, message=None):
        raise AssertionError(message)

    def _check(self, holds, what, a, b):
        if not holds:
            self.fail('%r %s %r' % (a, what, b))

    def assertEqual(self, a, b):
        self._check(a == b, '!=', a, b)

    def assertIs(self, a, b):
        self._check(a is b, 'is not', a, b)

    def assertIsNot(self, a, b):
        self._check(a is not b, 'is', a, b)

    def assertIsNone(self, a):
        self._check(a is None, 'is not', a, None)

    def assertIsNotNone(self, a):
        self._check(a is not None, 'is', a, None)

    def assertTrue(self, a):
        self._check(a, 'is not', a, True)

    def assertFalse(self, a):
        self._check(not a, 'is not', a, False)

    def assertIn(self, a, b):
        self._check(a in b, 'not in', a, b)

    def assertNotIn(self, a, b):
        self._check(a not in b, 'in', a, b)

    def assertIsInstance(self, a, b):
        self._check(isinstance(a, b), 'is no', a, b)

    def assertGreater(self, a, b):
        self._check(a > b, '<=', a, b)

    def assertGreaterEqual(self, a, b):
        self._check(a >= b, '<', a, b)

    def assertLess(self, a, b):
        self._check(a < b, '>=', a, b)

    def assertLessEqual(self, a, b):
        self._check(a <= b, '>', a, b)

    def assertRaises(self, expected, *call, **keywords):
        context = _Raises(self, expected)
        if not call:
            return context
        with context:
            call[0](*call[1:], **keywords)

    def run(self, result):
        result.run_test(self)

    def __call__(self, result):
        self.run(result)


class TestSuite:
    """Tests, or suites of them. The stack is as deep as under CPython's own, which a test asks for."""

    def __init__(self, tests):
        self._tests = tests

    def run(self, result):
        for test in self._tests:
            test(result)

    def __call__(self, result):
        self.run(result)
