"""Strings made in several ways, each kept by a container on its own line."""

WORDS = ('alpha', 'beta', 'gamma', 'delta')


def sentence(number):
    return ' '.join(WORDS) + ' ' + str(number)


sentences = [sentence(number) for number in range(210)]
padded = [('%06d' % number).ljust(90) for number in range(240)]
repeated = ['=' * (100 + number) for number in range(150)]
formatted = [f'<item id="{number}" class="row">{number * 2}</item>' for number in range(330)]
encoded = [('line %d of the log' % number).encode() for number in range(260)]
parts = [line.split(' ') for line in sentences[:120]]
joined = {number: '/'.join(['root', str(number), 'leaf']) for number in range(310)}
upper = [word.upper() + str(number) for number in range(70) for word in WORDS]
big = ['x' * (20000 + number) for number in range(2)]
wide = ['\u4e2d\u6587' * (10 + number) for number in range(110)]
