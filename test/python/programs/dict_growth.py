"""Dicts, lists and sets that grow item by item, so that their tables are allocated again."""


def grow_dict(count):
    table = {}
    for number in range(count):
        table[number] = None
    return table


def grow_list(count):
    items = []
    for number in range(count):
        items.append(None)
    return items


def grow_set(count):
    seen = set()
    for number in range(count):
        seen.add(number % 256)
    return seen


def extend(count):
    items = []
    for _ in range(count):
        items.extend((None, None, None))
    return items


def counted(words):
    totals = {}
    for word in words:
        totals[word] = totals.get(word, 0) + 1
    return totals


def grouped(count):
    groups = {}
    for number in range(count):
        groups.setdefault(number % 40, []).append((number, None))
    return groups


tables = [grow_dict(60) for _ in range(30)]
one_big_table = grow_dict(3000)
lists = [grow_list(70) for _ in range(25)]
one_big_list = grow_list(9000)
sets = [grow_set(200) for _ in range(8)]
extended = extend(1600)
words = counted(['a', 'b', 'c', 'd', 'e', 'f'] * 30)
groups = grouped(500)
merged = {**one_big_table, 'last': None}
copied = one_big_list.copy()
snapshots = [dict(words, extra=None) for _ in range(40)]
frozen = [frozenset(one) for one in sets[:4]]
