"""Counts objects and shows who holds them: objgraph's documented functions, on the heap that the host walks.

Graphs are written in Graphviz's language (DOT); no picture is drawn here.
"""

import sys

import _tracemalloc_heap as _heap

_peaks = {}


def _all(objects):
    return _heap.objects() if objects is None else objects


def _name(obj, shortnames=True):
    cls = type(obj)
    name = getattr(cls, '__name__', None)
    if not isinstance(name, str):
        name = _heap.type_name(obj)
    if shortnames:
        return name
    module = getattr(cls, '__module__', None)
    return (module if isinstance(module, str) else 'builtins') + '.' + name


def count(typename, objects=None):
    """How many objects have a type of that name; a name with a dot is one with its module."""
    short = '.' not in typename
    total = 0
    for obj in _all(objects):
        if _name(obj, short) == typename:
            total += 1
    return total


def typestats(objects=None, shortnames=True, filter=None):
    """Numbers of objects by type."""
    stats = {}
    for obj in _all(objects):
        if filter is not None and not filter(obj):
            continue
        name = _name(obj, shortnames)
        stats[name] = stats.get(name, 0) + 1
    return stats


def most_common_types(limit=10, objects=None, shortnames=True, filter=None):
    """(type, number) of the most common types."""
    stats = list(typestats(objects, shortnames, filter).items())
    stats.sort(key=lambda item: (-item[1], item[0]))
    return stats if limit is None else stats[:limit]


def _print(text, file):
    (sys.stdout if file is None else file).write(text + '\n')


def show_most_common_types(limit=10, objects=None, shortnames=True, file=None, filter=None):
    """Prints a table of the most common types."""
    stats = most_common_types(limit, objects, shortnames, filter)
    width = max([len(name) for name, _ in stats] + [0])
    for name, number in stats:
        _print(name.ljust(width) + ' ' + str(number), file)


def growth(limit=10, peak_stats=None, shortnames=True, filter=None):
    """(type, number, how many more than at most before) of what has grown, most first."""
    peaks = _peaks if peak_stats is None else peak_stats
    stats = typestats(None, shortnames, filter)
    grown = []
    for name in stats:
        before = peaks.get(name, 0)
        if stats[name] > before:
            grown.append((name, stats[name], stats[name] - before))
            peaks[name] = stats[name]
    grown.sort(key=lambda item: (-item[2], item[0]))
    return grown if limit is None else grown[:limit]


def show_growth(limit=10, peak_stats=None, shortnames=True, file=None, filter=None):
    """Prints which types have more objects than ever before."""
    rows = growth(limit, peak_stats, shortnames, filter)
    width = max([len(name) for name, _, _ in rows] + [0])
    for name, number, delta in rows:
        _print(name.ljust(width) + str(number).rjust(9) + ' ' + ('+' + str(delta)).rjust(9), file)


_seen_ids = {}


def get_new_ids(skip_update=False, limit=10, sortby='deltas', shortnames=None, file=None):
    """ids of objects that were not there at the call before, by type; prints a table."""
    now = {}
    for obj in _heap.objects():
        now.setdefault(_name(obj, shortnames is not False), set()).add(id(obj))
    new = {}
    rows = []
    for name in now:
        old = _seen_ids.get(name, set())
        new[name] = now[name] - old
        rows.append((name, len(old), len(now[name]), len(new[name]), len(now[name]) - len(old)))
    if not skip_update:
        _seen_ids.clear()
        _seen_ids.update(now)
    places = {'old': 1, 'current': 2, 'new': 3, 'deltas': 4}
    rows.sort(key=lambda row: (-row[places[sortby]], row[0]))
    rows = rows[:limit]
    if not rows:
        return new
    width = max([len(row[0]) for row in rows] + [4])
    line = '=' * (width + 52)
    heads = ('Old_ids', 'Current_ids', 'New_ids', 'Count_Deltas')
    _print(line, file)
    _print('Type'.ljust(width) + ''.join([head.rjust(13) for head in heads]), file)
    _print(line, file)
    for name, old, current, added, delta in rows:
        numbers = (str(old), str(current), _signed(added), _signed(delta))
        _print(name.ljust(width) + ''.join([number.rjust(13) for number in numbers]), file)
    _print(line, file)
    return new


def _signed(number):
    return ('+' if number >= 0 else '') + str(number)


def by_type(typename, objects=None):
    """The objects that have a type of that name."""
    short = '.' not in typename
    return [obj for obj in _all(objects) if _name(obj, short) == typename]


def at(addr):
    """The object with that id, or None."""
    for obj in _heap.objects():
        if id(obj) == addr:
            return obj
    return None


def at_addrs(address_set):
    """The objects whose ids are in a set."""
    return [obj for obj in _heap.objects() if id(obj) in address_set]


def get_leaking_objects(objects=None):
    """Objects that nobody holds. The heap is what somebody holds, so there are none here."""
    return []


def is_proper_module(obj):
    """Whether it is a module that can be imported."""
    return type(obj).__name__ == 'module' and sys.modules.get(getattr(obj, '__name__', None)) is obj


def _chain(obj, predicate, max_depth, neighbours, extra_ignore):
    ignore = set(extra_ignore)
    ignore.add(id(obj))
    chains = [[obj]]
    if predicate(obj):
        return [obj]
    for _ in range(max_depth):
        longer = []
        for chain in chains:
            for other in neighbours(chain[-1]):
                if id(other) in ignore or other is chains:
                    continue
                ignore.add(id(other))
                if predicate(other):
                    return chain + [other]
                longer.append(chain + [other])
        chains = longer
    return [obj]


def find_ref_chain(obj, predicate, max_depth=20, extra_ignore=()):
    """The shortest way from an object to one that fits, over what each holds."""
    return _chain(obj, predicate, max_depth, lambda o: _heap.referents(o), extra_ignore)


def find_backref_chain(obj, predicate, max_depth=20, extra_ignore=()):
    """The shortest way from an object that fits to this one, over who holds each."""
    chain = _chain(obj, predicate, max_depth, lambda o: _heap.referrers(o), extra_ignore)
    chain.reverse()
    return chain


def _quote(texts):
    quoted = [text.replace('\\', '\\\\').replace('"', '\\"').replace('\n', '\\n') for text in texts]
    return '"' + '\\n'.join(quoted) + '"'


def _label(obj, extra_info, shortnames):
    texts = [_name(obj, shortnames)]
    own = getattr(obj, '__name__', None)
    try:
        if isinstance(obj, (list, tuple, dict, set, frozenset)):
            texts.append(str(len(obj)) + ' items')
        elif isinstance(own, str):
            texts.append(own)
    except Exception:
        pass
    birth = _heap.birth(obj)
    if birth is not None:
        texts.append(birth[0] + ':' + str(birth[1]))
    if extra_info is not None:
        extra = extra_info(obj)
        if extra:
            texts.append(str(extra))
    return texts


def _edge_label(kind, name):
    if kind == 'item':
        return '[' + name + ']'
    if kind == 'key':
        return '[' + name + ']'
    return name


def _graph(objs, max_depth, extra_ignore, filter, too_many, highlight, extra_info, shortnames, backwards):
    ignore = set(extra_ignore)
    targets = [obj for obj in objs]
    depth = {}
    nodes = []
    for obj in targets:
        if id(obj) not in depth:
            depth[id(obj)] = 0
            nodes.append(obj)
    edges = []
    at_node = 0
    while at_node < len(nodes):
        obj = nodes[at_node]
        at_node += 1
        if depth[id(obj)] >= max_depth:
            continue
        around = _heap.referrers(obj) if backwards else _heap.referents(obj)
        skipped = 0
        shown = 0
        for other in around:
            if id(other) in ignore or other is nodes or other is targets or other is objs:
                continue
            if filter is not None and not filter(other):
                continue
            if shown >= too_many:
                skipped += 1
                continue
            shown += 1
            holder, held = (other, obj) if backwards else (obj, other)
            edges.append((holder, held))
            if id(other) not in depth:
                depth[id(other)] = depth[id(obj)] + 1
                nodes.append(other)
        if skipped:
            edges.append((obj, skipped) if not backwards else (skipped, obj))
    boxes = []
    for obj in nodes:
        marked = depth[id(obj)] == 0 or (highlight is not None and highlight(obj))
        boxes.append(('o' + str(id(obj)), _label(obj, extra_info, shortnames), marked))
    arrows = []
    drawn = set()
    for number, (holder, held) in enumerate(edges):
        if type(held) is int or type(holder) is int:
            more = held if type(held) is int else holder
            node = 'more' + str(number)
            boxes.append((node, [str(more) + ' more'], None))
            known = 'o' + str(id(holder if type(held) is int else held))
            arrows.append((known, node, '') if type(held) is int else (node, known, ''))
            continue
        pair = (id(holder), id(held))
        if pair in drawn:
            continue
        drawn.add(pair)
        names = [_edge_label(kind, name) for kind, name, other in _heap.edges(holder) if other is held]
        arrows.append(('o' + str(id(holder)), 'o' + str(id(held)), ', '.join(names[:3])))
    return boxes, arrows


def _dot(boxes, arrows):
    lines = ['digraph ObjectGraph {', '  node[shape=box, style=filled, fillcolor=white];']
    for node, texts, marked in boxes:
        style = ', shape=plaintext' if marked is None else ', fillcolor=red' if marked else ''
        lines.append('  ' + node + '[label=' + _quote(texts) + style + '];')
    for holder, held, name in arrows:
        label = '[label=' + _quote([name]) + ']' if name else ''
        lines.append('  ' + holder + ' -> ' + held + label + ';')
    lines.append('}')
    return '\n'.join(lines) + '\n'


def _svg(boxes, arrows):
    at = {}
    for node, texts, marked in boxes:
        at[node] = len(at)
    return _heap.svg(
        [['root' if marked is None else 'marked' if marked else 'plain'] + texts
         for node, texts, marked in boxes],
        [(at[holder], at[held], name) for holder, held, name in arrows])


def _show(graph, filename, output):
    boxes, arrows = graph
    if output is not None:
        output.write(_dot(boxes, arrows))
        return None
    if filename is None:
        # In a page the picture is seen at its end; elsewhere there is nothing to show it in.
        return None if _heap.show(_svg(boxes, arrows)) else _dot(boxes, arrows)
    is_svg = filename.endswith('.svg')
    if not is_svg and not filename.endswith('.dot'):
        filename += '.dot'
    number = len([1 for node, texts, marked in boxes if marked is not None])
    file = open(filename, 'w')
    file.write(_svg(boxes, arrows) if is_svg else _dot(boxes, arrows))
    file.close()
    print('Graph written to ' + filename + ' (' + str(number) + ' nodes)')
    return None


def _several(objs):
    return objs if isinstance(objs, (list, tuple)) else [objs]


def show_backrefs(objs, max_depth=3, extra_ignore=(), filter=None, too_many=10, highlight=None,
                  filename=None, extra_info=None, refcounts=False, shortnames=True, output=None,
                  extra_node_attrs=None):
    """Who holds some objects: as DOT into `output`, into a .dot or .svg file, into the page, or as the result."""
    graph = _graph(_several(objs), max_depth, extra_ignore, filter, too_many, highlight,
                   extra_info, shortnames, True)
    return _show(graph, filename, output)


def show_refs(objs, max_depth=3, extra_ignore=(), filter=None, too_many=10, highlight=None,
              filename=None, extra_info=None, refcounts=False, shortnames=True, output=None,
              extra_node_attrs=None):
    """What some objects hold: as DOT into `output`, into a .dot or .svg file, into the page, or as the result."""
    graph = _graph(_several(objs), max_depth, extra_ignore, filter, too_many, highlight,
                   extra_info, shortnames, False)
    return _show(graph, filename, output)


def show_chain(*chains, **options):
    """Ways, as `find_backref_chain` gives them, drawn as by `show_backrefs`."""
    inside = set()
    for chain in chains:
        for obj in chain:
            inside.add(id(obj))
    options['filter'] = lambda obj: id(obj) in inside
    options.setdefault('max_depth', max([len(chain) for chain in chains] + [1]))
    backrefs = options.pop('backrefs', True)
    ends = [chain[-1] if backrefs else chain[0] for chain in chains if chain]
    return show_backrefs(ends, **options) if backrefs else show_refs(ends, **options)
