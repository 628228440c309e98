"""Fractions and polynomials with operators, and matrices of fractions."""


def gcd(a, b):
    while b:
        a, b = b, a % b
    return a


class Fraction:
    def __init__(self, above, below=1):
        common = gcd(above, below)
        self.above = above // common
        self.below = below // common

    def __add__(self, other):
        return Fraction(self.above * other.below + other.above * self.below, self.below * other.below)

    def __mul__(self, other):
        return Fraction(self.above * other.above, self.below * other.below)

    def __str__(self):
        return '%d/%d' % (self.above, self.below)


class Polynomial:
    def __init__(self, terms):
        self.terms = {power: factor for power, factor in terms.items() if factor != 0}

    def __add__(self, other):
        terms = dict(self.terms)
        for power, factor in other.terms.items():
            terms[power] = terms.get(power, 0) + factor
        return Polynomial(terms)

    def __mul__(self, other):
        terms = {}
        for power, factor in self.terms.items():
            for other_power, other_factor in other.terms.items():
                total = power + other_power
                terms[total] = terms.get(total, 0) + factor * other_factor
        return Polynomial(terms)

    def __call__(self, x):
        return sum([factor * x**power for power, factor in self.terms.items()])

    def derivative(self):
        return Polynomial({power - 1: power * factor for power, factor in self.terms.items() if power})


class Memo:
    def __init__(self, function):
        self.function = function
        self.known = {}

    def __call__(self, *args):
        if args not in self.known:
            self.known[args] = self.function(*args)
        return self.known[args]


def binomial(n, k):
    if k == 0 or k == n:
        return 1
    return binomial(n - 1, k - 1) + binomial(n - 1, k)


harmonic = [Fraction(0)]
for number in range(1, 40):
    harmonic.append(harmonic[-1] + Fraction(1, number))
base = Polynomial({0: 1, 1: 1})
powers = [Polynomial({0: 1})]
for _ in range(18):
    powers.append(powers[-1] * base)
slopes = [polynomial.derivative() for polynomial in powers]
values = [[polynomial(x) for x in range(6)] for polynomial in powers]
binomial = Memo(binomial)
triangle = [[binomial(n, k) for k in range(n + 1)] for n in range(25)]
hilbert = [[Fraction(1, row + column + 1) for column in range(9)] for row in range(9)]
squares = [[cell * cell for cell in row] for row in hilbert]
texts = [str(fraction) for fraction in harmonic]
evaluators = [lambda x, p=polynomial: p(x) for polynomial in powers]
