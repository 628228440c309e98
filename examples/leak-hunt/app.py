"""A small web service that leaks, and how tracemalloc finds the leak.

    tracemalloc run app.py      in Brython
    python3 app.py              in CPython, with nearly the same figures
"""

import gc
import tracemalloc

import report
from handlers import Shop
from router import Router

WARM_UP = 50
REQUESTS = 400
VISITORS = 12


def make_router(shop):
    router = Router()
    router.add('GET', '/', shop.home)
    router.add('GET', '/product', shop.product)
    router.add('POST', '/basket', shop.add_to_basket)
    router.add('GET', '/export', shop.export)
    return router


def traffic(first, count):
    """The same mixture of requests on every run: no clock, no randomness."""
    for number in range(first, first + count):
        visitor = 'visitor-%d' % (number % VISITORS)
        if number == 200:
            yield 'GET', '/export', {'visitor': visitor, 'request': number}
        elif number % 10 == 0:
            yield 'GET', '/', {'visitor': visitor, 'request': number}
        elif number % 4 == 0:
            yield 'POST', '/basket', {'visitor': visitor, 'request': number, 'id': number % 30}
        else:
            yield 'GET', '/product', {'visitor': visitor, 'request': number, 'id': number % 30}


def serve(router, first, count):
    failures = 0
    for method, path, query in traffic(first, count):
        status, _ = router.dispatch(method, path, query)
        failures += status != 200
    return failures


def main():
    tracemalloc.start(25)
    shop = Shop()
    router = make_router(shop)
    serve(router, 0, WARM_UP)

    gc.collect()
    before = tracemalloc.take_snapshot()
    failures = serve(router, WARM_UP, REQUESTS)
    gc.collect()
    after = tracemalloc.take_snapshot()
    live, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    print('%d requests after %d to warm up, %d failed.' % (REQUESTS, WARM_UP, failures))
    report.print_top(after)
    leak = report.print_differences(before, after)
    report.print_traceback(after, leak)
    report.print_peak(live, peak)
    report.print_advice(leak, REQUESTS)


if __name__ == '__main__':
    main()
