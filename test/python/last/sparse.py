"""Sparse matrices as dicts of rows, and polynomials as lists."""


class Matrix:
    def __init__(self, size):
        self.size = size
        self.rows = {}

    def set(self, row, column, value):
        self.rows.setdefault(row, {})[column] = value

    def get(self, row, column):
        return self.rows.get(row, {}).get(column, 0)

    def __mul__(self, other):
        product = Matrix(self.size)
        for row, cells in self.rows.items():
            for middle, value in cells.items():
                for column, factor in other.rows.get(middle, {}).items():
                    product.set(row, column, product.get(row, column) + value * factor)
        return product

    def transposed(self):
        turned = Matrix(self.size)
        for row, cells in self.rows.items():
            for column, value in cells.items():
                turned.set(column, row, value)
        return turned


class Polynomial:
    def __init__(self, factors):
        self.factors = tuple(factors)

    def __add__(self, other):
        length = max(len(self.factors), len(other.factors))
        left = self.factors + (0,) * (length - len(self.factors))
        right = other.factors + (0,) * (length - len(other.factors))
        return Polynomial([a + b for a, b in zip(left, right)])

    def __mul__(self, other):
        factors = [0] * (len(self.factors) + len(other.factors) - 1)
        for i, a in enumerate(self.factors):
            for j, b in enumerate(other.factors):
                factors[i + j] += a * b
        return Polynomial(factors)


matrix = Matrix(80)
for number in range(240):
    matrix.set(number * 7 % 80, number * 11 % 80, 0.5 + number)
squared = matrix * matrix
turned = squared.transposed()
powers = [Polynomial([1])]
for _ in range(18):
    powers.append(powers[-1] * Polynomial([3, 5, 2]))
total = powers[0]
for power in powers:
    total = total + power
diagonal = [squared.get(at, at) for at in range(80)]
