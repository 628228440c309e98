"""Students, their grades, averages and a ranking."""


class Student:
    def __init__(self, name, year):
        self.name = name
        self.year = year
        self.grades = {}

    def grade(self, subject, points):
        if subject not in self.grades:
            self.grades[subject] = []
        self.grades[subject].append(points)

    def average(self, subject):
        points = self.grades.get(subject, [])
        if not points:
            raise ZeroDivisionError('no grades of %s in %s' % (self.name, subject))
        return sum(points) / len(points)

    def __repr__(self):
        return 'Student(' + self.name + ')'


class Book:
    subjects = ['maths', 'physics', 'history', 'music']

    def __init__(self):
        self.students = {}
        self.problems = []

    def enrol(self, name, year):
        student = Student(name, year)
        self.students[name] = student
        return student

    def averages(self):
        table = {}
        for name, student in self.students.items():
            row = {}
            for subject in self.subjects:
                try:
                    row[subject] = student.average(subject)
                except ZeroDivisionError as problem:
                    self.problems.append(problem)
                    row[subject] = None
            table[name] = row
        return table


def ranking(table, subject):
    known = [(row[subject], name) for name, row in table.items() if row[subject] is not None]
    known.sort(reverse=True)
    return known


def letter(points):
    for limit, sign in ((90, 'A'), (75, 'B'), (60, 'C'), (40, 'D')):
        if points >= limit:
            return sign
    return 'F'


book = Book()
for number in range(75):
    student = book.enrol('student %d' % number, 2000 + number % 4)
    for test in range(number % 7):
        for subject in Book.subjects[: 1 + number % 4]:
            student.grade(subject, (number * 37 + test * 11) % 101)
averages = book.averages()
rankings = {subject: ranking(averages, subject) for subject in Book.subjects}
by_year = {}
for student in book.students.values():
    if student.year not in by_year:
        by_year[student.year] = []
    by_year[student.year].append(student)
letters = [[letter(points) for points, _ in rankings[subject]] for subject in Book.subjects]
lines = ['%-10s %6.2f' % (name, points) for points, name in rankings['maths']]
report = '\n'.join(lines)
copies = {name: dict(row) for name, row in averages.items()}
best = sorted(averages, key=lambda name: averages[name]['maths'] or 0)[-10:]
