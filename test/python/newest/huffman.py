"""Huffman codes of a text, and the text packed with them."""

import heapq


class Leaf:
    def __init__(self, symbol, weight):
        self.symbol = symbol
        self.weight = weight

    def codes(self, prefix, table):
        table[self.symbol] = prefix or '0'


class Inner:
    def __init__(self, left, right):
        self.left = left
        self.right = right
        self.weight = left.weight + right.weight

    def codes(self, prefix, table):
        self.left.codes(prefix + '0', table)
        self.right.codes(prefix + '1', table)


def tree_of(text):
    weights = {}
    for symbol in text:
        weights[symbol] = weights.get(symbol, 0) + 1
    heap = []
    for number, symbol in enumerate(sorted(weights)):
        heapq.heappush(heap, (weights[symbol], number, Leaf(symbol, weights[symbol])))
    number = len(heap)
    while len(heap) > 1:
        first = heapq.heappop(heap)
        second = heapq.heappop(heap)
        node = Inner(first[2], second[2])
        heapq.heappush(heap, (node.weight, number, node))
        number += 1
    return heap[0][2]


def pack(text, table):
    bits = ''.join([table[symbol] for symbol in text])
    packed = []
    for start in range(0, len(bits), 8):
        packed.append(int(bits[start:start + 8], 2))
    return packed


sentence = 'it was the best of times, it was the worst of times, it was the age of wisdom'
text = ' '.join([sentence] * 5)
tree = tree_of(text)
table = {}
tree.codes('', table)
packed = pack(text, table)
lengths = {symbol: len(code) for symbol, code in table.items()}
by_length = {}
for symbol, length in lengths.items():
    by_length.setdefault(length, []).append(symbol)
