"""Ciphers, run lengths, letter counts and a tree of codes."""

ALPHABET = 'abcdefghijklmnopqrstuvwxyz'
TEXT = 'it is a truth universally acknowledged that a learner in possession of a page must be in want of a profiler'


def caesar(text, shift):
    table = {}
    for index, char in enumerate(ALPHABET):
        table[char] = ALPHABET[(index + shift) % 26]
    return ''.join([table.get(char, char) for char in text])


def vigenere(text, key):
    result = ''
    for index, char in enumerate(text):
        if char in ALPHABET:
            shift = ALPHABET.index(key[index % len(key)])
            result += ALPHABET[(ALPHABET.index(char) + shift) % 26]
        else:
            result += char
    return result


def run_lengths(text):
    runs = []
    for char in text:
        if runs and runs[-1][0] == char:
            runs[-1][1] += 1
        else:
            runs.append([char, 1])
    return runs


class Leaf:
    def __init__(self, char, weight):
        self.char = char
        self.weight = weight


class Branch:
    def __init__(self, left, right):
        self.left = left
        self.right = right
        self.weight = left.weight + right.weight


def code_tree(counts):
    nodes = [Leaf(char, weight) for char, weight in sorted(counts.items())]
    while len(nodes) > 1:
        nodes.sort(key=lambda node: node.weight)
        nodes.append(Branch(nodes.pop(0), nodes.pop(0)))
    return nodes[0]


def codes_of(node, prefix, codes):
    if isinstance(node, Leaf):
        codes[node.char] = prefix
    else:
        codes_of(node.left, prefix + '0', codes)
        codes_of(node.right, prefix + '1', codes)
    return codes


shifted = [caesar(TEXT, shift) for shift in range(1, 26)]
keyed = {key: vigenere(TEXT, key) for key in ('lemon', 'secret', 'page', 'python')}
counts = {}
for char in TEXT:
    if char != ' ':
        counts[char] = counts.get(char, 0) + 1
tree = code_tree(counts)
codes = codes_of(tree, '', {})
encoded = [(char, codes[char]) for char in TEXT if char in codes]
runs = run_lengths('aaabbbccd' * 40)
words = [list(word) for word in TEXT.split()]
positions = {char: [i for i, other in enumerate(TEXT) if other == char] for char in counts}
windows = [TEXT[start : start + 12] for start in range(60)]
ranks = sorted([(many, char) for char, many in counts.items()], reverse=True)
