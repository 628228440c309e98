"""Objects that are dropped in several ways: only what is left may be counted."""


def temporary(count):
    scratch = [[number] for number in range(count)]
    return len(scratch)


def kept(count):
    return [[number, number] for number in range(count)]


class Owner:
    def __init__(self, size):
        self.data = [0] * size
        self.other = (size, size, size)


dropped = [(number, 1) for number in range(3000)]
del dropped
replaced = [{number} for number in range(500)]
replaced = [(number,) for number in range(480)]
owners = [Owner(20) for _ in range(90)]
for owner in owners[:45]:
    del owner.data
owner = None
table = {number: [number] * 4 for number in range(260)}
for number in range(0, 260, 2):
    del table[number]
halved = kept(400)
del halved[200:]
stack = [bytearray(100) for _ in range(80)]
while len(stack) > 30:
    stack.pop()
cleared = {number: (number, None) for number in range(700)}
cleared.clear()
count = temporary(900)
survivors = kept(140)
popped = {number: {number} for number in range(120)}
while len(popped) > 70:
    popped.popitem()
sliced = [(number, number, number) for number in range(150)][::2]
rotated = [[None] * 12 for _ in range(60)]
for _ in range(200):
    rotated.append(rotated.pop(0))
