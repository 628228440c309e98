"""Examples in docstrings, run and compared with what they say."""
import sys
import _tracemalloc_node

ELLIPSIS = 8
NORMALIZE_WHITESPACE = 4
IGNORE_EXCEPTION_DETAIL = 32
SKIP = 16


class TestResults(tuple):

    failed = property(lambda self: self[0])
    attempted = property(lambda self: self[1])

    def __repr__(self):
        return 'TestResults(failed=%d, attempted=%d)' % tuple(self)


class Example(object):

    def __init__(self, source, want, lineno):
        self.source = source
        self.want = want
        self.lineno = lineno
        self.options = 0
        for name, flag in (('ELLIPSIS', ELLIPSIS), ('SKIP', SKIP),
                           ('NORMALIZE_WHITESPACE', NORMALIZE_WHITESPACE),
                           ('IGNORE_EXCEPTION_DETAIL', IGNORE_EXCEPTION_DETAIL)):
            if '+' + name in source.split('doctest:', 1)[-1] and 'doctest:' in source:
                self.options += flag


def _examples(text):
    lines = text.split('\n')
    found = []
    at = 0
    while at < len(lines):
        stripped = lines[at].lstrip()
        if stripped != '>>>' and not stripped.startswith('>>> '):
            at += 1
            continue
        indent = len(lines[at]) - len(stripped)
        begin = at
        source = [stripped[4:]]
        at += 1
        while at < len(lines) and lines[at].strip().startswith('...'):
            source.append(lines[at][indent:][4:])
            at += 1
        want = []
        while at < len(lines) and lines[at].strip() and not lines[at].lstrip().startswith('>>> '):
            want.append(lines[at][indent:])
            at += 1
        text_wanted = '\n'.join(want) + '\n' if want else ''
        found.append(Example('\n'.join(source) + '\n', text_wanted, begin))
    return found


def _fits(want, got, options):
    want = want.replace('<BLANKLINE>\n', '\n')
    if want == got:
        return True
    if options & NORMALIZE_WHITESPACE:
        want, got = ' '.join(want.split()), ' '.join(got.split())
        if want == got:
            return True
    if not options & ELLIPSIS or '...' not in want:
        return False
    pieces = want.split('...')
    if not got.startswith(pieces[0]) or not got.endswith(pieces[-1]):
        return False
    at, end = len(pieces[0]), len(got) - len(pieces[-1])
    if at > end:
        return False
    for piece in pieces[1:-1]:
        at = got.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True


def _wanted_error(want):
    """The last line of a traceback that is wanted, or None."""
    for head in ('Traceback (most recent call last):', 'Traceback (innermost last):'):
        if want.startswith(head):
            lines = want.rstrip('\n').split('\n')[1:]
            while lines and (lines[0].startswith(' ') or lines[0] == ''):
                lines = lines[1:]
            return '\n'.join(lines) + '\n'
    return None


def _run(example, names, options):
    """What an example gave, and whether it is as wanted."""
    options |= example.options
    text, error = _tracemalloc_node.captured(example.source, '<doctest>', names)
    wanted = _wanted_error(example.want)
    if error is None:
        return text, error, wanted is None and _fits(example.want, text, options)
    if wanted is None:
        return text, error, False
    message = _tracemalloc_node.format_exception(error)[-1]
    if _fits(wanted, message, options):
        return text, error, True
    if options & IGNORE_EXCEPTION_DETAIL:
        kind = lambda line: line.split(':')[0].split('.')[-1].strip()
        return text, error, kind(wanted) == kind(message)
    return text, error, False


def _indented(text):
    return ''.join(['    ' + line + '\n' if line else '\n' for line in text.rstrip('\n').split('\n')])


def _docstrings(name, thing, module_name, found, seen):
    if id(thing) in seen:
        return
    seen.add(id(thing))
    doc = getattr(thing, '__doc__', None)
    if isinstance(doc, str) and '>>>' in doc:
        found.append((name, doc))
    if isinstance(thing, type):
        for key, member in sorted(thing.__dict__.items()):
            member = getattr(member, '__func__', getattr(member, 'fget', member))
            if callable(member) and getattr(member, '__doc__', None) is not None:
                if type(member) is type(_docstrings) or isinstance(member, type):
                    _docstrings(name + '.' + key, member, module_name, found, seen)


def _test(names, module_name, docstrings, verbose, options, totals):
    for name, doc in sorted(docstrings):
        scope = dict(names)
        failures = 0
        examples = [each for each in _examples(doc) if not each.options & SKIP]
        for example in examples:
            totals[1] += 1
            if verbose:
                sys.stdout.write('Trying:\n' + _indented(example.source))
                sys.stdout.write('Expecting:\n' + _indented(example.want) if example.want else 'Expecting nothing\n')
            got, error, fits = _run(example, scope, options)
            if fits:
                if verbose:
                    sys.stdout.write('ok\n')
                continue
            totals[0] += 1
            failures += 1
            sys.stdout.write('*' * 70 + '\n')
            sys.stdout.write('File "%s", line %d, in %s\n' % (
                _tracemalloc_node.main_file(), _tracemalloc_node.line_of(doc, example.lineno), name))
            sys.stdout.write('Failed example:\n' + _indented(example.source))
            if error is not None:
                sys.stdout.write('Exception raised:\n' + _indented(
                    ''.join(_tracemalloc_node.format_exception(error))))
                continue
            sys.stdout.write('Expected:\n' + _indented(example.want) if example.want else 'Expected nothing\n')
            sys.stdout.write('Got:\n' + _indented(got) if got else 'Got nothing\n')
        if failures:
            totals[2].append((name, failures, len(examples)))


def testmod(m=None, name=None, globs=None, verbose=None, report=True, optionflags=0, extraglobs=None,
            raise_on_error=False, exclude_empty=False):
    module_name = name or (m.__name__ if m is not None else '__main__')
    names = dict(globs) if globs is not None else _tracemalloc_node.names_of(m)
    if extraglobs:
        names.update(extraglobs)
    if verbose is None:
        verbose = '-v' in sys.argv
    found = []
    seen = set()
    doc = names.get('__doc__')
    if isinstance(doc, str) and '>>>' in doc:
        found.append((module_name, doc))
    for key, thing in list(names.items()):
        is_ours = isinstance(thing, type) or type(thing) is type(testmod)
        if is_ours and getattr(thing, '__module__', module_name) == module_name:
            _docstrings(module_name + '.' + key, thing, module_name, found, seen)
    totals = [0, 0, []]
    _test(names, module_name, found, verbose, optionflags, totals)
    if report and totals[2]:
        stars = '*' * 70 + '\n'
        items = totals[2]
        sys.stdout.write(stars + '%d item%s had failures:\n' % (len(items), '' if len(items) == 1 else 's'))
        for each in items:
            sys.stdout.write(' %3d of %3d in %s\n' % (each[1], each[2], each[0]))
        sys.stdout.write('***Test Failed*** %d failure%s.\n' % (totals[0], '' if totals[0] == 1 else 's'))
    return TestResults((totals[0], totals[1]))


def run_docstring_examples(f, globs, verbose=False, name='NoName', compileflags=None, optionflags=0):
    doc = f.__doc__ or ''
    _test(globs, '__main__', [(name, doc)], verbose, optionflags, [0, 0, []])
