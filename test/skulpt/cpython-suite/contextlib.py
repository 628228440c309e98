"""contextlib.ExitStack; Skulpt's own contextlib is a stub."""


class ExitStack:
    def __enter__(self):
        self._contexts = []
        return self

    def enter_context(self, context):
        value = context.__enter__()
        self._contexts.append(context)
        return value

    def __exit__(self, *error):
        while self._contexts:
            self._contexts.pop().__exit__(*error)
        return False
