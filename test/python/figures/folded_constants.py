import tracemalloc
def test_alloc():
    b = b"-" * 9_000_000
    del b
    b2 = b"+" * 9_000_000
    return b2
kept = test_alloc()
again = test_alloc()
print(kept is again)
big = 'x' * 10**6
lst = [b'ab' * 100_000 for _ in range(3)]
for st in tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(True, '*folded_constants.py')]).statistics('lineno')[:3]:
    print(st.traceback[0].lineno, st.size, st.count)
print(tracemalloc.get_traced_memory()[0] > 9_000_000)
