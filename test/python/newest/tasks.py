"""A list of tasks that depend on each other: their order, and plans of two kinds."""

from dataclasses import dataclass, field
from enum import Enum


class State(Enum):
    OPEN = 'open'
    STARTED = 'started'
    DONE = 'done'


@dataclass
class Task:
    name: str
    hours: int
    needs: list = field(default_factory=list)
    state: State = State.OPEN


@dataclass(order=True)
class Slot:
    start: int
    worker: str
    task: str = ''


def make_tasks():
    tasks = {}
    for number in range(30):
        name = f'task-{number:02}'
        needs = [f'task-{other:02}' for other in range(max(0, number - 3), number, 2)]
        tasks[name] = Task(name, 1 + number % 7, needs)
    return tasks


def ordered(tasks):
    done, result = set(), []

    def visit(name):
        if name in done:
            return
        done.add(name)
        for other in tasks[name].needs:
            visit(other)
        result.append(name)

    for name in tasks:
        visit(name)
    return result


def plan(tasks, workers):
    free = {worker: 0 for worker in workers}
    ends, slots = {}, []
    for name in ordered(tasks):
        task = tasks[name]
        worker = min(free, key=lambda one: free[one])
        start = max([free[worker]] + [ends[other] for other in task.needs])
        ends[name] = free[worker] = start + task.hours
        slots.append(Slot(start, worker, name))
        task.state = State.DONE
    return sorted(slots), ends


tasks = make_tasks()
slots, ends = plan(tasks, ['ada', 'grace', 'edsger'])
timeline = [f'{slot.start:>3} {slot.worker:<8} {slot.task}' for slot in slots]
late = {name: end for name, end in ends.items() if end > 40}
