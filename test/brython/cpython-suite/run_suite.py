"""Runs test classes and reports each test: name, outcome, last lines of the traceback or reason."""

import unittest

import _test_tracer
import test_tracemalloc


class Result(unittest.TestResult):
    def report(self, test, outcome, text=''):
        _test_tracer.report(type(test).__name__, test._testMethodName, outcome, text)

    def addSuccess(self, test):
        self.report(test, 'ok')

    def addError(self, test, error):
        self.report(test, 'failed', self._exc_info_to_string(error, test))

    def addFailure(self, test, error):
        self.report(test, 'failed', self._exc_info_to_string(error, test))

    def addSkip(self, test, reason):
        self.report(test, 'skipped', reason)


def run_class(name):
    # A suite in a suite, as unittest.main() has them: test_snapshot asks for a stack of that depth.
    loader = unittest.TestLoader()
    suite = loader.loadTestsFromTestCase(getattr(test_tracemalloc, name))
    unittest.TestSuite([unittest.TestSuite([suite])]).run(Result())


def run_all(names):
    for name in names:
        run_class(name)


run_all(_test_tracer.classes())
