"""People, their parents and children, and questions about them."""


class Person:
    people = {}

    def __init__(self, name, mother=None, father=None):
        self.name = name
        self.mother = mother
        self.father = father
        self.children = []
        for parent in (mother, father):
            if parent is not None:
                parent.children.append(self)
        Person.people[name] = self

    @property
    def parents(self):
        return [parent for parent in (self.mother, self.father) if parent is not None]

    def ancestors(self):
        for parent in self.parents:
            yield parent
            for ancestor in parent.ancestors():
                yield ancestor

    def __repr__(self):
        return 'Person(%r)' % self.name


def generation(older, number):
    born = []
    for at in range(0, len(older) - 1, 2):
        for child in range(3):
            name = 'g%d-%d-%d' % (number, at, child)
            born.append(Person(name, older[at], older[at + 1]))
    return born


def common(one, other):
    names = {ancestor.name for ancestor in one.ancestors()}
    return [ancestor.name for ancestor in other.ancestors() if ancestor.name in names]


people = [Person('first-%d' % number) for number in range(8)]
generations = [people]
for number in range(1, 5):
    generations.append(generation(generations[-1], number))
youngest = generations[-1]
related = {}
for one in youngest[:12]:
    for other in youngest[12:20]:
        shared = common(one, other)
        if shared:
            related[(one.name, other.name)] = shared
texts = [repr(person) for person in youngest]
tree = {person.name: [child.name for child in person.children] for person in people}
