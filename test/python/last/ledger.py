"""Bookings, monthly sums and a report as text."""


class Booking:
    __slots__ = ('day', 'account', 'cents', 'text')

    def __init__(self, day, account, cents, text):
        self.day = day
        self.account = account
        self.cents = cents
        self.text = text


ACCOUNTS = ('rent', 'food', 'travel', 'books', 'wages')


def bookings(count):
    made = []
    for number in range(count):
        account = ACCOUNTS[number * number % 5]
        cents = (number * 7919) % 25000 - 9000
        made.append(Booking(number % 360, account, cents, 'booking no. %d' % number))
    return made


def by_month(made):
    months = {}
    for booking in made:
        month = booking.day // 30
        sums = months.setdefault(month, {})
        sums[booking.account] = sums.get(booking.account, 0) + booking.cents
    return months


def money(cents):
    sign = '-' if cents < 0 else ''
    return '%s%d.%02d' % (sign, abs(cents) // 100, abs(cents) % 100)


def report(months):
    lines = []
    for month in sorted(months):
        cells = [money(months[month].get(account, 0)).rjust(12) for account in ACCOUNTS]
        lines.append(str(month + 1).rjust(2) + ''.join(cells))
    return '\n'.join(lines)


made = bookings(500)
months = by_month(made)
text = report(months)
largest = sorted(made, key=lambda booking: booking.cents)[-20:]
balances = []
balance = 100000
for booking in made:
    balance += booking.cents
    balances.append(balance)
rows = text.split('\n')
