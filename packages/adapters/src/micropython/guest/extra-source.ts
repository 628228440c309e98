import { moduleSources } from '../../python/module/module-sources.ts';

/** Where the guest finds the module; its frames are left out. */
export const extraFile = '/lib/tracemalloc_extra.py';

/** JavaScript's part of it, as the guest imports it. */
export const extraNativeName = '_tracemalloc_extra';

/** What the module that all Pythons have imports: JavaScript can't raise the guest's exceptions. */
const host = `import sys
import ${extraNativeName} as _natives


def _check(name):
    if not isinstance(name, str):
        raise TypeError('name must be a str, not ' + type(name).__name__)


def _limit(size):
    if size is not None and not isinstance(size, int):
        raise TypeError('size must be an int or None, not ' + type(size).__name__)
    # JavaScript gets large ints as other things.
    problem = _natives.limit(None if size is None else float(size))
    if problem is not None:
        raise ValueError(problem)


class _host:
    check_label = staticmethod(_check)
    push_label = _natives.push_label
    pop_label = _natives.pop_label
    limit = staticmethod(_limit)

    @staticmethod
    def label_function(name, function):
        return False

    @staticmethod
    def mark(name):
        _check(name)
        _natives.mark(name)


def _around(label, function):
    # Of functions with a yield and of coroutines, which go on in what they give.
    if type(function).__name__ == 'generator':
        def wrapper(*args, **keywords):
            with label:
                return (yield from function(*args, **keywords))
    else:
        def wrapper(*args, **keywords):
            with label:
                return function(*args, **keywords)
    return wrapper
`;

/** `tracemalloc_extra` in the Python that MicroPython knows. */
export const extraSource: string = moduleSources.tracemalloc_extra
  .replace('import _tracemalloc_host as _host\n', '')
  .replace(/def _labelled[\s\S]*?(?=class label:)/, `${host}\n\n`);
