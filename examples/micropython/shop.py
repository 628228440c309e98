"""A shop whose cache has ever new keys."""
pages = {}
number = 0


def page(key, render):
    if key not in pages:
        pages[key] = render()
    return pages[key]


def product(query):
    return page((query['id'], query['request']), lambda: ['h1', ['li'] * query['id']])


def serve(requests):
    global number
    for _ in range(requests):
        number += 1
        product({'id': number % 10, 'request': number})
