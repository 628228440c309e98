"""A trie of words: completions, and the words that differ in one letter."""

WORDS = '''stone store story stove stare start star stark steam steal steel steep stem step
stop stork storm strap straw stream street stress strike string strip stroke strong'''.split()


class Node:
    __slots__ = ('children', 'word')

    def __init__(self):
        self.children = {}
        self.word = None


class Trie:
    def __init__(self, words=()):
        self.root = Node()
        self.size = 0
        for word in words:
            self.insert(word)

    def insert(self, word):
        node = self.root
        for letter in word:
            if letter not in node.children:
                node.children[letter] = Node()
            node = node.children[letter]
        if node.word is None:
            self.size += 1
        node.word = word

    def complete(self, prefix):
        node = self.root
        for letter in prefix:
            node = node.children.get(letter)
            if node is None:
                return []
        found = []
        self._collect(node, found)
        return found

    def _collect(self, node, found):
        if node.word is not None:
            found.append(node.word)
        for letter in sorted(node.children):
            self._collect(node.children[letter], found)


def neighbours(word, words):
    result = []
    for other in words:
        if len(other) == len(word):
            if sum(1 for a, b in zip(word, other) if a != b) == 1:
                result.append(other)
    return result


trie = Trie(WORDS)
for word in WORDS:
    trie.insert(word + 's')
    trie.insert(word.upper())
completions = {prefix: trie.complete(prefix) for prefix in ('st', 'sto', 'str', 'STE')}
graph = {word: neighbours(word, WORDS) for word in WORDS}
pairs = [(a, b) for a in graph for b in graph[a] if a < b]
