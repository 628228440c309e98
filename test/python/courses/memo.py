"""Recursions that remember: Fibonacci, partitions, change, edit distance, knapsack."""

fibonacci_memo = {}


def fibonacci(number):
    if number in fibonacci_memo:
        return fibonacci_memo[number]
    value = number if number < 2 else fibonacci(number - 1) + fibonacci(number - 2)
    fibonacci_memo[number] = value
    return value


def memoize(function):
    memo = {}

    def remembered(*args):
        if args not in memo:
            memo[args] = function(*args)
        return memo[args]

    remembered.memo = memo
    return remembered


@memoize
def partitions(number, largest):
    if number == 0:
        return 1
    if number < 0 or largest == 0:
        return 0
    return partitions(number - largest, largest) + partitions(number, largest - 1)


def edit_distance(left, right, memo):
    key = (len(left), len(right))
    if key not in memo:
        if not left or not right:
            memo[key] = len(left) + len(right)
        elif left[0] == right[0]:
            memo[key] = edit_distance(left[1:], right[1:], memo)
        else:
            memo[key] = 1 + min(
                edit_distance(left[1:], right, memo),
                edit_distance(left, right[1:], memo),
                edit_distance(left[1:], right[1:], memo),
            )
    return memo[key]


def change(amount, coins, memo={}):
    if amount == 0:
        return []
    if amount in memo:
        return memo[amount]
    best = None
    for coin in coins:
        if coin <= amount:
            rest = change(amount - coin, coins)
            if best is None or len(rest) + 1 < len(best):
                best = rest + [coin]
    memo[amount] = best
    return best


def knapsack(items, room):
    table = [[0] * (room + 1)]
    for weight, value in items:
        last = table[-1]
        row = []
        for left in range(room + 1):
            best = last[left]
            if weight <= left:
                best = max(best, last[left - weight] + value)
            row.append(best)
        table.append(row)
    return table


def hanoi(disks, source, target, spare, moves):
    if disks > 0:
        hanoi(disks - 1, source, spare, target, moves)
        moves.append((disks, source, target))
        hanoi(disks - 1, spare, target, source, moves)
    return moves


fibonacci(150)
ways = [partitions(number, number) for number in range(24)]
distances = {}
edit_distance('kitten sitting here', 'sitting kittens there', distances)
coins = [change(amount, (1, 5, 12, 25)) for amount in range(120)]
table = knapsack([(3, 400), (4, 550), (7, 900), (8, 1050), (9, 1300), (5, 620)], 60)
moves = hanoi(7, 'left', 'right', 'middle', [])
powers = {exponent: 3**exponent for exponent in range(60)}
factorials = [1]
for number in range(1, 60):
    factorials.append(factorials[-1] * number)
