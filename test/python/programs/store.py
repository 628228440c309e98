"""Another module of imports.py."""


class Store:
    def __init__(self):
        self.items = {}
        self.order = []

    def add(self, item):
        key = len(self.order)
        self.items[key] = {item.name: item}
        self.order.append((key, item))

    def rows(self):
        return [[key, item, None, None] for key, item in self.order]
