"""Prices by symbol and day from lines of text: returns, ranks and a table."""

from collections import namedtuple

Quote = namedtuple('Quote', 'symbol day price volume')


def lines():
    for number, symbol in enumerate(['AAA', 'BBB', 'CCC', 'DDD']):
        price = 1000 + number * 500
        for day in range(25):
            price += (day * 7 + number * 3) % 11 - 5
            yield f'{symbol};{day};{price / 100:.2f};{1000 + day * number}'


def parse(line):
    symbol, day, price, volume = line.split(';')
    return Quote(symbol, int(day), float(price), int(volume))


def by_symbol(quotes):
    grouped = {}
    for quote in quotes:
        grouped.setdefault(quote.symbol, []).append(quote)
    return grouped


def returns(quotes):
    return [later.price / earlier.price - 1 for earlier, later in zip(quotes, quotes[1:])]


def ranks(values):
    order = sorted(range(len(values)), key=values.__getitem__)
    result = [0] * len(values)
    for rank, index in enumerate(order):
        result[index] = rank
    return tuple(result)


class Table:
    def __init__(self, header):
        self.header = header
        self.rows = []

    def add(self, *cells):
        self.rows.append(cells)

    def text(self):
        rows = [self.header] + self.rows
        return '\n'.join(' | '.join(str(cell).rjust(8) for cell in row) for row in rows)


quotes = [parse(line) for line in lines()]
grouped = by_symbol(quotes)
changes = {symbol: returns(group) for symbol, group in grouped.items()}
ranked = {symbol: ranks(values) for symbol, values in changes.items()}
table = Table(('symbol', 'first', 'last', 'volume'))
for symbol, group in grouped.items():
    table.add(symbol, group[0].price, group[-1].price, sum(quote.volume for quote in group))
text = table.text()
