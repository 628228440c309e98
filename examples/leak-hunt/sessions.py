"""Sessions of visitors. Only so many are kept: the oldest goes first, so this does not leak."""


class SessionStore:
    def __init__(self, limit):
        self.limit = limit
        self.sessions = {}

    def open(self, name):
        session = self.sessions.pop(name, None)
        if session is None:
            session = {'name': name, 'basket': []}
        self.sessions[name] = session
        while len(self.sessions) > self.limit:
            oldest = next(iter(self.sessions))
            del self.sessions[oldest]
        return session
