"""Where each word of some documents stands, and a search over it."""

WORDS = ['river', 'stone', 'bridge', 'mill', 'field', 'road', 'tower', 'harbour', 'forest', 'market']


def document(number, length):
    words = []
    for place in range(length):
        words.append(WORDS[(number * 3 + place * place) % len(WORDS)])
    return ' '.join(words)


def build(documents):
    index = {}
    for name, text in documents.items():
        for place, word in enumerate(text.split()):
            index.setdefault(word, []).append((name, place))
    return index


def search(index, first, second):
    found = set()
    places = set(index[second])
    for name, place in index[first]:
        if (name, place + 1) in places:
            found.add(name)
    return found


documents = {}
for number in range(40):
    documents['doc-%03d' % number] = document(number, 30 + number)
index = build(documents)
lengths = {name: len(text) for name, text in documents.items()}
hits = {}
for first in WORDS:
    for second in WORDS:
        names = search(index, first, second)
        if names:
            hits[first + ' ' + second] = sorted(names)
counts = sorted(((len(places), word) for word, places in index.items()), reverse=True)
upper = [word.upper() * 3 for word in index]
