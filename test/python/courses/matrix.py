"""Matrices as lists of lists, and as a class with operators."""


def zeros(rows, columns):
    return [[0] * columns for _ in range(rows)]


def identity(size):
    result = zeros(size, size)
    for index in range(size):
        result[index][index] = 1
    return result


def multiply(left, right):
    result = zeros(len(left), len(right[0]))
    for i in range(len(left)):
        for j in range(len(right[0])):
            total = 0
            for k in range(len(right)):
                total += left[i][k] * right[k][j]
            result[i][j] = total
    return result


def transpose(matrix):
    return [list(row) for row in zip(*matrix)]


class Matrix:
    def __init__(self, rows):
        self.rows = rows
        self.shape = (len(rows), len(rows[0]))

    def __add__(self, other):
        return Matrix([[a + b for a, b in zip(x, y)] for x, y in zip(self.rows, other.rows)])

    def __mul__(self, factor):
        return Matrix([[value * factor for value in row] for row in self.rows])

    def __getitem__(self, place):
        row, column = place
        return self.rows[row][column]

    def trace(self):
        return sum(self.rows[i][i] for i in range(self.shape[0]))


def pascal(rows):
    triangle = [[1]]
    for _ in range(rows):
        last = triangle[-1]
        triangle.append([1] + [a + b for a, b in zip(last, last[1:])] + [1])
    return triangle


def flatten(matrix):
    items = []
    for row in matrix:
        items += row
    return items


counting = [[column + row * 12 for column in range(12)] for row in range(12)]
unit = identity(24)
product = multiply(counting, transpose(counting))
turned = transpose(product)
halves = Matrix([[0.5 * (row + column) for column in range(20)] for row in range(20)])
sums = halves + halves
scaled = [halves * factor for factor in (2, 3, 4)]
triangle = pascal(30)
flat = flatten(product)
diagonals = [(matrix.trace(), matrix[0, 1]) for matrix in scaled]
columns = {number: [row[number] for row in counting] for number in range(12)}
