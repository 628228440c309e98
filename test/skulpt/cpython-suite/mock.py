"""unittest.mock.patch, for attributes that a function replaces."""

import sys


class _Patch:
    def __init__(self, target, name, replacement):
        self._target = target
        self._name = name
        self._replacement = replacement

    def __enter__(self):
        self._had = self._name in getattr(self._target, '__dict__', {})
        self._original = getattr(self._target, self._name)
        setattr(self._target, self._name, self._replacement)
        return self._replacement

    def __exit__(self, *error):
        if self._had:
            setattr(self._target, self._name, self._original)
        else:
            delattr(self._target, self._name)
        return False


class _Patcher:
    def __call__(self, path, side_effect):
        parts = path.split('.')
        target = sys.modules[parts[0]]
        for part in parts[1:-1]:
            target = getattr(target, part)
        return _Patch(target, parts[-1], side_effect)

    def object(self, target, name, return_value):
        return _Patch(target, name, lambda *args: return_value)


patch = _Patcher()
