"""Lines of text become records, which are joined, grouped and written again."""


class Problem(Exception):
    def __init__(self, line, reason):
        Exception.__init__(self, reason)
        self.line = line
        self.reason = reason


def parse(number, line):
    parts = line.split(';')
    if len(parts) != 4:
        raise Problem(number, 'fields: ' + str(len(parts)))
    name, city, year, amount = parts
    if not year.isdigit():
        raise Problem(number, 'no year: ' + year)
    return {'name': name.strip(), 'city': city, 'year': int(year), 'amount': float(amount)}


def read(lines):
    records, problems = [], []
    for number, line in enumerate(lines):
        try:
            records.append(parse(number, line))
        except Problem as problem:
            problems.append((problem.line, problem.reason))
    return records, problems


def grouped(records, key):
    groups = {}
    for record in records:
        groups.setdefault(record[key], []).append(record)
    return groups


CITIES = ('Porto', 'Graz', 'Turku', 'Brno')
lines = []
for number in range(150):
    fields = ['name %d ' % (number * 31), CITIES[number % 4], str(1950 + number % 60), '%d.25' % number]
    if number % 25 == 3:
        fields.pop()
    if number % 40 == 7:
        fields[2] = 'then'
    lines.append(';'.join(fields))
records, problems = read(lines)
cities = grouped(records, 'city')
years = grouped(records, 'year')
totals = {city: sum([record['amount'] for record in group]) for city, group in cities.items()}
written = '\n'.join([';'.join([str(value) for value in record.values()]) for record in records])
ages = [(record['name'], 2020 - record['year']) for record in records]
