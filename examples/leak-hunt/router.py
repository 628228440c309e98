"""Finds the handler of a request."""


class Router:
    def __init__(self):
        self.routes = {}
        self.log = []

    def add(self, method, path, handler):
        self.routes[method, path] = handler

    def dispatch(self, method, path, query):
        handler = self.routes.get((method, path))
        if handler is None:
            return 404, []
        try:
            body = handler(query)
        except KeyError as error:
            return 400, ['missing ' + str(error)]
        self.log.append((method, path))
        del self.log[:-20]
        return 200, body
