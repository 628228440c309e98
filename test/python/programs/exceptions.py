"""Exceptions that are kept, re-raised, chained and collected."""


class LimitError(Exception):
    def __init__(self, limit):
        super().__init__('limit', limit)
        self.limit = limit
        self.seen = [limit] * 10


def check(value):
    if value > 3:
        raise LimitError(value)
    return [value] * 12


def attempt(value):
    try:
        return check(value)
    except LimitError as error:
        return {'limit': error.limit, 'seen': error.seen}


def finishing(value, log):
    try:
        return (value, check(value % 4))
    finally:
        log.append([value, 'done'])


errors = [LimitError(number) for number in range(120)]
results = [attempt(number) for number in range(130)]
log = []
finished = [finishing(number, log) for number in range(160)]
missing = []
for key in range(210):
    try:
        {}[key]
    except KeyError as error:
        missing.append((key, error.args))
plain = [ValueError('wrong', index) for index in range(300)]
