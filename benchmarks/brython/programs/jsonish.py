"""Documents of dicts, lists and tuples, written out as text."""


def document(number):
    return {
        'id': number,
        'name': 'user %d' % number,
        'tags': ['new', 'paid', str(number)],
        'position': (number, number + 1),
        'nested': {'x': [number, 2 * number], 'y': None, 'z': {'deep': True}},
    }


def text_of(value):
    if isinstance(value, dict):
        return '{' + ', '.join(['"%s": %s' % (k, text_of(v)) for k, v in value.items()]) + '}'
    if isinstance(value, (list, tuple)):
        return '[' + ', '.join([text_of(item) for item in value]) + ']'
    if isinstance(value, str):
        return '"' + value + '"'
    if value is None:
        return 'null'
    if value is True:
        return 'true'
    return str(value)


def run():
    documents = []
    length = 0
    for number in range(1500):
        one = document(number)
        documents.append(one)
        length += len(text_of(one))
    return length
