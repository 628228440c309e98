"""Linked list, queue, heap, hash table with chains, and sorting."""


class Node:
    def __init__(self, value, following=None):
        self.value = value
        self.following = following


class LinkedList:
    def __init__(self):
        self.head = None
        self.length = 0

    def push(self, value):
        self.head = Node(value, self.head)
        self.length += 1

    def values(self):
        node = self.head
        while node is not None:
            yield node.value
            node = node.following


class Heap:
    def __init__(self):
        self.items = []

    def push(self, priority, value):
        self.items.append((priority, value))
        place = len(self.items) - 1
        while place > 0 and self.items[place][0] < self.items[(place - 1) // 2][0]:
            parent = (place - 1) // 2
            self.items[place], self.items[parent] = self.items[parent], self.items[place]
            place = parent

    def pop(self):
        top = self.items[0]
        last = self.items.pop()
        if self.items:
            self.items[0] = last
            self.sink(0)
        return top

    def sink(self, place):
        while True:
            child = 2 * place + 1
            if child >= len(self.items):
                return
            if child + 1 < len(self.items) and self.items[child + 1][0] < self.items[child][0]:
                child += 1
            if self.items[place][0] <= self.items[child][0]:
                return
            self.items[place], self.items[child] = self.items[child], self.items[place]
            place = child


class Table:
    def __init__(self, size):
        self.chains = [[] for _ in range(size)]

    def put(self, key, value):
        chain = self.chains[key * 31 % len(self.chains)]
        for pair in chain:
            if pair[0] == key:
                pair[1] = value
                return
        chain.append([key, value])


def merge_sort(items):
    if len(items) < 2:
        return items
    middle = len(items) // 2
    left, right = merge_sort(items[:middle]), merge_sort(items[middle:])
    merged = []
    while left and right:
        merged.append(left.pop(0) if left[0] < right[0] else right.pop(0))
    return merged + left + right


def quick_sort(items):
    if len(items) < 2:
        return items
    pivot = items[0]
    smaller = [item for item in items[1:] if item < pivot]
    larger = [item for item in items[1:] if item >= pivot]
    return quick_sort(smaller) + [pivot] + quick_sort(larger)


numbers = [(number * 7919 + 13) % 1009 for number in range(400)]
linked = LinkedList()
for number in numbers[:150]:
    linked.push(number)
kept = list(linked.values())
heap = Heap()
for number in numbers:
    heap.push(number % 97, number)
taken = [heap.pop() for _ in range(120)]
table = Table(64)
for number in numbers:
    table.put(number, (number, None))
merged = merge_sort(numbers)
quick = quick_sort(numbers)
pairs = list(zip(merged, quick))
steps = [merged[:size] for size in range(1, 200, 20)]
