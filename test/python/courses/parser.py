"""A calculator: tokens, a tree of expressions, an evaluator with variables and functions."""


class Token:
    def __init__(self, kind, text):
        self.kind = kind
        self.text = text


class Node:
    pass


class Number(Node):
    def __init__(self, value):
        self.value = value

    def evaluate(self, env):
        return self.value


class Name(Node):
    def __init__(self, name):
        self.name = name

    def evaluate(self, env):
        if self.name not in env:
            raise NameError(self.name)
        return env[self.name]


class Binary(Node):
    def __init__(self, operator, left, right):
        self.operator = operator
        self.left = left
        self.right = right

    def evaluate(self, env):
        left = self.left.evaluate(env)
        right = self.right.evaluate(env)
        return OPERATORS[self.operator](left, right)


OPERATORS = {
    '+': lambda left, right: left + right,
    '-': lambda left, right: left - right,
    '*': lambda left, right: left * right,
    '/': lambda left, right: left / right,
}


def tokenize(text):
    tokens = []
    place = 0
    while place < len(text):
        char = text[place]
        if char.isdigit():
            start = place
            while place < len(text) and text[place].isdigit():
                place += 1
            tokens.append(Token('number', text[start:place]))
        elif char.isalpha():
            start = place
            while place < len(text) and text[place].isalpha():
                place += 1
            tokens.append(Token('name', text[start:place]))
        else:
            if char != ' ':
                tokens.append(Token('operator', char))
            place += 1
    return tokens


class Parser:
    def __init__(self, tokens):
        self.tokens = tokens
        self.place = 0

    def peek(self):
        if self.place < len(self.tokens):
            return self.tokens[self.place].text
        return ''

    def take(self):
        self.place += 1
        return self.tokens[self.place - 1]

    def sum(self):
        left = self.product()
        while self.peek() in ('+', '-'):
            left = Binary(self.take().text, left, self.product())
        return left

    def product(self):
        left = self.atom()
        while self.peek() in ('*', '/'):
            left = Binary(self.take().text, left, self.atom())
        return left

    def atom(self):
        token = self.take()
        if token.kind == 'number':
            return Number(int(token.text))
        if token.kind == 'name':
            return Name(token.text)
        inner = self.sum()
        self.take()
        return inner


def compiled(node):
    if isinstance(node, Number):
        value = node.value
        return lambda env: value
    if isinstance(node, Name):
        name = node.name
        return lambda env: env[name]
    left = compiled(node.left)
    right = compiled(node.right)
    operator = OPERATORS[node.operator]
    return lambda env: operator(left(env), right(env))


sources = ['(alpha + %d) * beta - %d / (gamma + 1)' % (n * 3, n + 700) for n in range(40)]
tokens = [tokenize(source) for source in sources]
parsers = [Parser(some) for some in tokens]
trees = [parser.sum() for parser in parsers]
environments = [{'alpha': n, 'beta': n * 1.5, 'gamma': n % 4} for n in range(40)]
values = [tree.evaluate(env) for tree, env in zip(trees, environments)]
functions = [compiled(tree) for tree in trees]
again = [function(environments[0]) for function in functions]
errors = []
for tree in trees[:30]:
    try:
        tree.evaluate({'alpha': 1})
    except NameError as error:
        errors.append((tree, error))
