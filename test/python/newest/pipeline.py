"""Records through a pipeline of generators and decorators, with errors kept."""

import functools


def staged(name):
    def decorate(function):
        function.stage = name

        @functools.wraps(function)
        def run(records):
            run.calls += 1
            return function(records)

        run.calls = 0
        return run
    return decorate


class BadRecord(Exception):
    def __init__(self, record, reason):
        super().__init__(reason)
        self.record = record


errors = []


@staged('clean')
def clean(records):
    for record in records:
        try:
            if record['amount'] < 0:
                raise BadRecord(record, 'negative amount')
            yield {key: value for key, value in record.items() if value is not None}
        except BadRecord as error:
            errors.append((error.record['id'], str(error)))


@staged('enrich')
def enrich(records):
    for record in records:
        yield {**record, 'label': f"{record['kind']}-{record['id']}"}


@staged('batch')
def batch(records, size=8):
    current = []
    for record in records:
        current.append(record)
        if len(current) == size:
            yield tuple(current)
            current = []
    if current:
        yield tuple(current)


def source(count):
    for number in range(count):
        yield {
            'id': 1000 + number,
            'kind': ('in', 'out', 'move')[number % 3],
            'amount': number * 17 % 50 - 4,
            'note': None if number % 4 else 'checked',
        }


def compose(*stages):
    return functools.reduce(lambda f, g: lambda records: g(f(records)), stages)


run = compose(clean, enrich, batch)
batches = list(run(source(90)))
totals = [sum(record['amount'] for record in group) for group in batches]
index = {record['label']: record for group in batches for record in group}
waiting = run(source(20))
first = next(waiting)
