import tracemalloc
def pick(v):
    match v:
        case [x, *rest]:
            y = 1
            return rest
        case {'k': z, **others}:
            q = 2
            return others
k1 = pick([4] * 630)
k2 = None
match [4] * 830:
    case [x, *rest]:
        kept5 = rest
zz = [6] * 640
if (w := [6] * 740): pass
m = []; m.extend([5] * 700)
n = []; n += [5] * 900
o = []
o.extend(range(1000))
p = [*([5] * 1100)]
q = [5] * 1200 + [6]
for st in tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(True, '*match_captures.py')]).statistics('traceback'):
    if st.size > 4000: print([f.lineno for f in st.traceback if f.filename.endswith('match_captures.py')], st.size, st.count)
