"""test.support.script_helper: a page has no processes, so the tests that start one fail."""


def assert_python_ok(*args, **env):
    raise NotImplementedError('no subprocess')


def assert_python_failure(*args, **env):
    raise NotImplementedError('no subprocess')


def interpreter_requires_environment():
    return False
