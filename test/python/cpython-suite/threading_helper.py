"""What CPython's test_tracemalloc takes from test.support.threading_helper."""

import unittest


def requires_working_threading():
    return unittest.skip('the host has no threads')
