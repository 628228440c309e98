"""Counts the words of a text, and indexes them by line and by their first letter."""

TEXT = """The quick brown fox jumps over the lazy dog while the cat watches
A journey of a thousand miles begins with a single step they say
All that glitters is not gold but some of it surely might be
To be or not to be that is the question which nobody answered
It was the best of times it was the worst of times for everyone
Call me Ishmael he wrote some years ago never mind how long
In a hole in the ground there lived somebody who liked comfort"""


def clean(line):
    return line.lower().strip()


def tokens(text):
    found = []
    for number, line in enumerate(text.split('\n')):
        for word in clean(line).split():
            found.append((word, number))
    return found


def count(pairs):
    counts = {}
    for word, _ in pairs:
        counts[word] = counts.get(word, 0) + 1
    return counts


def index(pairs):
    places = {}
    for word, number in pairs:
        if word not in places:
            places[word] = []
        places[word].append(number)
    return places


def by_letter(counts):
    groups = {}
    for word in counts:
        groups.setdefault(word[0], set()).add(word)
    return groups


def ranked(counts):
    return sorted([(-many, word) for word, many in counts.items()])


def report(rows):
    lines = []
    for many, word in rows:
        lines.append('%-12s %4d %s' % (word, -many, '*' * -many))
    return '\n'.join(lines)


pairs = tokens(TEXT)
counts = count(pairs)
places = index(pairs)
letters = by_letter(counts)
top = ranked(counts)
text = report(top)
lengths = {word: len(word) for word in counts}
longest = [word for word in counts if len(word) > 4]
pyramid = [' ' * (30 - row) + '#' * (2 * row) for row in range(30)]
bigrams = {}
for left, right in zip(pairs, pairs[1:]):
    bigrams[left[0] + ' ' + right[0]] = (left, right)
reversed_words = [word[::-1] for word, _ in pairs]
