"""Expressions as trees: read, simplified, computed."""


class Number:
    def __init__(self, value):
        self.value = value

    def compute(self, names):
        return self.value


class Name:
    def __init__(self, name):
        self.name = name

    def compute(self, names):
        return names[self.name]


class Operation:
    def __init__(self, sign, left, right):
        self.sign = sign
        self.left = left
        self.right = right

    def compute(self, names):
        left = self.left.compute(names)
        right = self.right.compute(names)
        if self.sign == '+':
            return left + right
        if self.sign == '-':
            return left - right
        return left * right


def tokens(text):
    found = []
    at = 0
    while at < len(text):
        end = at + 1
        while text[at].isalnum() and end < len(text) and text[end].isalnum():
            end += 1
        if text[at] != ' ':
            found.append(text[at:end])
        at = end
    return found


class Reader:
    def __init__(self, text):
        self.tokens = tokens(text)
        self.at = 0

    def take(self):
        self.at += 1
        return self.tokens[self.at - 1]

    def more(self, signs):
        return self.at < len(self.tokens) and self.tokens[self.at] in signs

    def sum(self):
        left = self.product()
        while self.more('+-'):
            left = Operation(self.take(), left, self.product())
        return left

    def product(self):
        left = self.atom()
        while self.more('*'):
            left = Operation(self.take(), left, self.atom())
        return left

    def atom(self):
        token = self.take()
        if token == '(':
            inner = self.sum()
            self.take()
            return inner
        return Number(int(token)) if token.isdigit() else Name(token)


texts = []
for number in range(40):
    texts.append('(x + %d) * y%d - %d * (z + x)' % (number * 311, number % 3, number + 5))
readers = [Reader(text) for text in texts]
trees = [reader.sum() for reader in readers]
names = {'x': 1000, 'y0': 77, 'y1': 900, 'y2': 12, 'z': 345}
values = {text: tree.compute(names) for text, tree in zip(texts, trees)}
