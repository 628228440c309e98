"""Tasks as generators that take turns, with messages between them."""


class Task:
    def __init__(self, number, work):
        self.number = number
        self.work = work
        self.inbox = []
        self.result = None


class Scheduler:
    def __init__(self):
        self.tasks = {}
        self.ready = []
        self.trace = []

    def spawn(self, make, *arguments):
        task = Task(len(self.tasks), None)
        task.work = make(self, task, *arguments)
        self.tasks[task.number] = task
        self.ready.append(task)
        return task

    def run(self, most):
        steps = 0
        while self.ready and steps < most:
            task = self.ready.pop(0)
            steps += 1
            try:
                said = next(task.work)
            except StopIteration:
                continue
            self.trace.append((task.number, said))
            self.ready.append(task)
        return steps


def producer(scheduler, task, target, count):
    for number in range(count):
        target.inbox.append({'from': task.number, 'value': number * 500})
        yield 'sent %d' % number
    task.result = count


def consumer(scheduler, task):
    total = []
    while True:
        while task.inbox:
            message = task.inbox.pop(0)
            total.append(message['value'])
        task.result = sum(total)
        yield len(total)


scheduler = Scheduler()
consumers = [scheduler.spawn(consumer) for _ in range(4)]
for number in range(12):
    scheduler.spawn(producer, consumers[number % 4], 10 + number)
steps = scheduler.run(300)
results = {task.number: task.result for task in scheduler.tasks.values()}
waiting = [task.number for task in scheduler.ready]
spoken = [entry for entry in scheduler.trace if isinstance(entry[1], str)]
