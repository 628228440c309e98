/** Programs to begin with, by title. */
export const samples: Readonly<Record<string, string>> = {
  'Which line keeps it?': `import tracemalloc
from dataclasses import dataclass


@dataclass
class Order:
    number: int
    lines: list


def order(number):
    return Order(number, [f'line {i} of order {number}' for i in range(5)])


tracemalloc.start()
orders = [order(number) for number in range(200)]
draft = [order(number) for number in range(200)]
draft = None

for statistic in tracemalloc.take_snapshot().statistics('lineno')[:3]:
    print(statistic)
`,
  'A cache that grows, live': `import asyncio

cache = {}


async def answer(question):
    cache[question] = [question] * 500
    await asyncio.sleep(0.02)


for number in range(100):
    await answer(f'question {number}')
print(len(cache), 'answers are kept')
`,
  'Two snapshots': `import json
import tracemalloc

tracemalloc.start(10)
before = tracemalloc.take_snapshot()
texts = [json.dumps({'row': [n, n / 7]}) for n in range(500)]
rows = [json.loads(text) for text in texts]
after = tracemalloc.take_snapshot()

for difference in after.compare_to(before, 'lineno')[:3]:
    print(difference)
`,
};
