"""Expressions as trees: differentiated, simplified and written out."""


class Expression:
    def __add__(self, other):
        return Sum(self, other)

    def __mul__(self, other):
        return Product(self, other)


class Number(Expression):
    def __init__(self, value):
        self.value = value

    def derived(self):
        return Number(0)

    def simple(self):
        return self

    def __str__(self):
        return str(self.value)


class Variable(Expression):
    def derived(self):
        return Number(1)

    def simple(self):
        return self

    def __str__(self):
        return 'x'


class Pair(Expression):
    def __init__(self, left, right):
        self.left = left
        self.right = right


def is_number(expression, value):
    return isinstance(expression, Number) and expression.value == value


class Sum(Pair):
    def derived(self):
        return self.left.derived() + self.right.derived()

    def simple(self):
        left, right = self.left.simple(), self.right.simple()
        if is_number(left, 0):
            return right
        if is_number(right, 0):
            return left
        return left + right

    def __str__(self):
        return '(%s + %s)' % (self.left, self.right)


class Product(Pair):
    def derived(self):
        return self.left.derived() * self.right + self.left * self.right.derived()

    def simple(self):
        left, right = self.left.simple(), self.right.simple()
        if is_number(left, 0) or is_number(right, 0):
            return Number(0)
        if is_number(left, 1):
            return right
        if is_number(right, 1):
            return left
        return left * right

    def __str__(self):
        return '%s * %s' % (self.left, self.right)


def polynomial(coefficients):
    x = Variable()
    result = Number(0)
    power = Number(1)
    for coefficient in coefficients:
        result = result + Number(coefficient) * power
        power = power * x
    return result


functions = [polynomial(range(1, degree + 2)) for degree in range(6)]
derivatives = [function.derived() for function in functions]
simplified = [derivative.simple() for derivative in derivatives]
texts = [str(expression) for expression in simplified]
longest = max(texts, key=len)
