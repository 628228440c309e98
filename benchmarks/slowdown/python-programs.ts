/** Python programs that allocate, each in its way, small enough for any Python in WASM. */
export const pythonPrograms = {
  'lists of ints': 'kept = [[i, i + 1] for i in range(30000)]',
  objects: `class Node:
    def __init__(self, key): self.key, self.rest = key, None
def chain(n):
    first = node = Node(0)
    for i in range(n):
        node.rest = Node(i)
        node = node.rest
    return first
for _ in range(10): chain(500)`,
} as const;
