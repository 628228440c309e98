"""Rendered pages, kept so that nobody waits for them twice."""


class PageCache:
    def __init__(self):
        self.pages = {}
        self.hits = 0

    def get(self, key, render):
        if key in self.pages:
            self.hits += 1
        else:
            self.pages[key] = render()
        return self.pages[key]
