"""Runs test classes and reports each test: name, outcome, message or reason."""

import sys

import _test_tracer


class _Code:
    def __init__(self, filename):
        self.co_filename = filename


class _Frame:
    def __init__(self, frames):
        self.f_code = _Code(frames[0][0])
        self.f_lineno = frames[0][1]
        self.f_back = _Frame(frames[1:]) if len(frames) > 1 else None


def _getframe(depth=0):
    # The newest frame is this function's own.
    return _Frame(_test_tracer.frames()[depth + 1:])


sys._getframe = _getframe

import unittest

import test_tracemalloc


class Result:
    def run_test(self, case):
        kind = type(case)
        test = getattr(kind, case._testMethodName)
        reason = getattr(test, '_skip_reason', getattr(kind, '_skip_reason', None))
        if reason is None:
            outcome, text = self.outcome_of(case, getattr(case, case._testMethodName))
        else:
            outcome, text = 'skipped', reason
        _test_tracer.report(kind.__name__, case._testMethodName, outcome, text)

    def outcome_of(self, case, method):
        try:
            case.setUp()
            try:
                method()
            finally:
                case.tearDown()
            case.doCleanups()
        except unittest.SkipTest as skip:
            return 'skipped', str(skip)
        except AssertionError as error:
            return 'failed', str(error)
        except Exception as error:
            return 'failed', '%s: %s' % (type(error).__name__, error)
        return 'ok', ''


def suite_of(name):
    kind = getattr(test_tracemalloc, name)
    names = sorted([test for test in dir(kind) if test.startswith('test')])
    return unittest.TestSuite([kind(test) for test in names])


suites = [suite_of(name) for name in _test_tracer.classes()]
unittest.TestSuite([unittest.TestSuite(suites)]).run(Result())
