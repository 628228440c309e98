"""test.support.os_helper: the snapshot files of this run are in memory."""

TESTFN = '@test_tracemalloc'


def unlink(filename):
    pass
