"""CPython's test hooks of PyTraceMalloc_Track and PyTraceMalloc_Untrack, over the tracer's."""

import sys

import _test_tracer


def tracemalloc_track(domain, ptr, size, release_gil=False):
    frames = []
    frame = sys._getframe(1)
    while frame is not None:
        frames.append((frame.f_code.co_filename, frame.f_lineno))
        frame = frame.f_back
    if _test_tracer.track(domain, ptr, size, frames) < 0:
        raise RuntimeError('PyTraceMalloc_Track error')


def tracemalloc_untrack(domain, ptr, release_gil=False):
    if _test_tracer.untrack(domain, ptr) < 0:
        raise RuntimeError('PyTraceMalloc_Untrack error')


def tracemalloc_get_traceback(domain, ptr):
    return _test_tracer.traceback(domain, ptr)
