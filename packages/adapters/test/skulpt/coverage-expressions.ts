/** `in the library`: counted at the line of Skulpt's library that makes it. `–`: there is none. */
export type Result = 'seen' | 'in the library' | 'not seen' | '–';

type Row = {
  readonly expression: string;
  /** In 1.2.0. */
  readonly old: Result;
  /** In upstream's 19fc3ce, of March 2026. */
  readonly newer: Result;
  readonly why: string;
};

/** Rows of which the results are the same: one expression a line. */
function rows(old: Result, newer: Result, why: string, text: string): Row[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((expression) => ({ expression, old, newer, why }));
}

/** One or more expressions for each kind of object that Skulpt has. */
export const expressions: readonly Row[] = [
  ...rows(
    'seen',
    'seen',
    '',
    `
[]
[i for i in []]
(one, one)
{}
{one: one}
{i: i for i in (1,)}
{one}
{i for i in (1,)}
frozenset([one])
dict.fromkeys([1])
one + 70000
2 ** 100
int("123456789")
one * 1.5
complex(1, 2.5)
str(one) + "text"
"%d-%s" % (one, "x")
"{} {}".format(one, "y")
f"{one} z"
"a b".split()
"abcdef"[2:5]
bytes([1, 2])
"abc".encode()
range(3)
slice(1, 2)
object()
C()
Slots()
L()
T((one, one))
D()
F([one])
I(70000)
X("x")
E("x")
ValueError("x")
C().method
[].append
(1).__add__
dict.fromkeys
lambda: 1
lambda a=[]: 1
type("T", (object,), {})
C.__dict__
super(C, C())
property(str)
staticmethod(str)
classmethod(str)
generator()
(i for i in [])
enumerate([])
zip([], [])
map(str, [])
filter(None, [])
{}.keys()
{}.items()
{}.values()
iter([])
iter(())
iter({})
iter({}.items())
iter({}.values())
iter(set())
iter("ab")
iter(b"ab")
iter(range(3))
iter(int, 1)
iter(Sequence())
reversed([1])
reversed((1,))
reversed({})
reversed({}.items())
reversed({}.values())
reversed(range(3))
collections.deque([])
iter(collections.deque([]))
reversed(collections.deque([]))
collections.OrderedDict()
iter(collections.OrderedDict())
collections.defaultdict(list)
collections.Counter("aab")
collections.namedtuple("P", "x y")
Point(1, 2)
itertools.accumulate([1])
itertools.chain([1])
itertools.combinations([1], 1)
itertools.combinations_with_replacement([1], 1)
itertools.compress([1], [1])
itertools.count()
itertools.cycle([1])
itertools.dropwhile(None, [])
itertools.filterfalse(None, [])
itertools.groupby([1])
next(itertools.groupby([1]))[1]
itertools.islice([1], 1)
itertools.permutations([1])
itertools.product([1])
itertools.repeat(1)
itertools.starmap(None, [])
itertools.takewhile(None, [])
itertools.zip_longest([1])
operator.itemgetter(1)
operator.attrgetter("x")
operator.methodcaller("x")
re.compile("a")
re.match("a", "a")
array.array("i", [1])
time.localtime()`,
  ),
  ...rows(
    '–',
    'seen',
    '',
    `
list[int]
itertools.batched([1], 1)
itertools.pairwise([1])
functools.partial(str)
functools.partialmethod(str)
functools.lru_cache(None)(str)
functools.cmp_to_key(str)(1)
functools.cached_property(str)
fractions.Fraction(1, 3)
uuid.UUID(int=5)
datetime.timezone(datetime.timedelta(0, 3600))`,
  ),
  ...rows(
    'in the library',
    'seen',
    'Skulpt 1.2.0 has this module in Python',
    `
datetime.date(2020, 1, 1)
datetime.datetime(2020, 1, 1)
datetime.time(1)
datetime.timedelta(1)`,
  ),
  ...rows(
    'seen',
    'not seen',
    'newer versions have the ints from −5 to 256 once, as CPython',
    `
one - 999
int("7")`,
  ),
  ...rows(
    'not seen',
    'seen',
    'Skulpt 1.2.0 interns strings: the text was made before',
    `
str(one)`,
  ),
  ...rows(
    'not seen',
    'not seen',
    'a literal is made once, when the module is loaded',
    `
12345
"literal"
b"bytes"
1.5
(1, 2)`,
  ),
  ...rows(
    'not seen',
    'not seen',
    'there is one',
    `
None
True
NotImplemented
""
str.upper
int.__add__
int.real
len`,
  ),
  ...rows(
    'not seen',
    'not seen',
    'part of its object',
    `
C().__dict__`,
  ),
  ...rows('not seen', 'not seen', 'nothing is made', '\none'),
  ...rows('–', '–', '', '\nbytearray(2)\nmemoryview(b"ab")\nitertools.tee([1])'),
];
