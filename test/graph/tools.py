import io
import gc
import objgraph
from guppy import hpy
from memory_profiler import memory_usage
from pympler import tracker, asizeof, muppy, summary

class Order: pass
class Line:
    def __init__(self, order): self.order = order

orders = [Order() for i in range(7)]
line = Line(orders[1])
print('count', objgraph.count('Order'), len(objgraph.by_type('Line')))
objgraph.growth(limit=None)
orders.append(Order())
objgraph.show_growth(limit=1)
common = objgraph.most_common_types(limit=None, filter=lambda o: type(o) in (Order, Line))
print('common', common)
print('holders', sorted([type(x).__name__ for x in gc.get_referrers(orders[1]) if type(x) is not tuple]))
print('held', orders[1] in gc.get_referents(line))
print('all', line in gc.get_objects())
chain = objgraph.find_backref_chain(orders[2], objgraph.is_proper_module)
print('chain', [type(x).__name__ for x in chain])
dot = objgraph.show_refs([line], max_depth=1)
print('dot', dot.startswith('digraph ObjectGraph {'), dot.count('label="order"'))
held = lambda o: type(o) is list and len(o) == 8
svg = objgraph._svg(*objgraph._graph([orders[2]], 1, (), held, 10, None, None, True, True))
print('svg', svg.startswith('<svg '), svg.count('>Order<'), svg.count('>8 items<'), svg.count('>[2]<'))
print('asizeof', asizeof.asizeof(line) > asizeof.flatsize(line))
rows = [row for row in summary.summarize(muppy.get_objects()) if row[0].endswith('Order')]
print('summary', [row[1] for row in rows])
hp = hpy()
mine = hp.heap() & hp.iso(*orders)
print(str(mine).split('\n')[0].split('.')[0])
print('path', hp.iso(orders[3]).sp)
owned = Line(Order())
print('domisize', hp.iso(owned).domisize == hp.iso(owned, owned.order).size, (mine - hp.iso(orders[0])).count)
print('usage', memory_usage()[0] > 0)
objgraph.get_new_ids(limit=0)
orders.append(Order())
table = io.StringIO()
new = objgraph.get_new_ids(limit=None, file=table)
print('new', len(new['Order']), [row.split() for row in table.getvalue().split('\n') if row.startswith('Order')])
hp.setrelheap()
late = [Order(), Order()]
rel = hp.heap()
print('rel', (rel & hp.iso(*late)).count, [str(part).count(' list') for part in (rel.all, rel.more)], any([row.endswith(' set') for row in str(rel).split('\n')]))
tracked = tracker.SummaryTracker()
late.append(Order())
print('tracked', [row[1] for row in tracked.diff() if row[0].endswith('Order')])
