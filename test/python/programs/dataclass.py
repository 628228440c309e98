"""Dataclasses, named tuples, enums and other classes of the standard library."""

from collections import OrderedDict, defaultdict, deque, namedtuple
from dataclasses import dataclass, field

Pair = namedtuple('Pair', 'left right')


@dataclass
class Item:
    name: str
    price: float
    tags: list = field(default_factory=list)


@dataclass(frozen=True)
class Key:
    kind: str
    number: int


def item(number):
    return Item('item', 1.25 * number, [number] * 5)


items = [item(number) for number in range(250)]
keys = [Key('key', number) for number in range(300)]
pairs = [Pair(number, None) for number in range(900)]
queue = deque((number, number) for number in range(500))
groups = defaultdict(list)
for number in range(600):
    groups[number % 30].append([number])
ordered = OrderedDict((number, {number}) for number in range(100))
bare = [Item('bare', 2.0) for _ in range(80)]
indexed = {key: one for key, one in enumerate(items)}
counted = [(one, one.price) for one in items[:150]]
