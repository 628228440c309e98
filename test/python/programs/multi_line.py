"""Statements over several lines: each allocation belongs to its own line."""


def row(number):
    return [
        number,
        (number, number),
        {'key': number},
    ]


def call(*values, **named):
    return [values, named]


rows = [row(number) for number in range(200)]
calls = [
    call(
        [number, number],
        (number, None, None),
        first={'a': 1},
        second=[None] * 7,
    )
    for number in range(150)
]
table = {
    'short': [0] * 900,
    'long': [0] * 5100,
    'nested': {
        'inner': tuple(range(3000, 5600)),
        'other': bytearray(17000),
    },
}
chosen = (
    [1.5] * 1300
    if table
    else []
)
total = len(
    [0] * 700
) + len(table)
