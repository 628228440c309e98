"""The pages of a shop."""

from cache import PageCache
from sessions import SessionStore


class Shop:
    def __init__(self):
        self.products = {number: make_product(number) for number in range(30)}
        self.sessions = SessionStore(limit=8)
        self.pages = PageCache()

    def home(self, query):
        session = self.sessions.open(query['visitor'])
        return [session['name'], len(session['basket'])]

    def product(self, query):
        product = self.products[query['id']]
        # The bug: the number of the request is part of the key, so that no key comes twice.
        key = ('product', query['id'], query['request'])
        return self.pages.get(key, lambda: render_product(product))

    def add_to_basket(self, query):
        session = self.sessions.open(query['visitor'])
        session['basket'].append({'id': query['id'], 'count': 1})
        return session['basket']

    def export(self, query):
        """All products a hundred times over: much memory, but only while it runs."""
        rows = [[number, dict(product)] for number, product in self.products.items() for _ in range(100)]
        return [len(rows)]


def make_product(number):
    return {
        'name': 'product %d' % number,
        'price': 5 + number,
        'sizes': [36, 38, 40, 42],
    }


def render_product(product):
    return [
        ['h1', product['name']],
        ['price', product['price']],
        ['ul', [['li', size] for size in product['sizes']]],
    ]
