# Coroutines and the event loop.
import asyncio
import time


class Awaitable:

    def __init__(self, value):
        self.value = value

    def __await__(self):
        got = yield ('waits', self.value)
        return got


async def inner(value):
    return await Awaitable(value) * 2


async def outer():
    total = 0
    for i in range(3):
        total += await inner(i)
    try:
        await Awaitable('fault')
    except ValueError:
        total += 100
    return total, [await inner(k) for k in (7, 8)]


coroutine = outer()
value = None
try:
    while True:
        got = coroutine.send(value)
        print(got)
        if got[1] == 'fault':
            print('thrown', coroutine.throw(ValueError('x')))
        value = 5
except StopIteration as end:
    print('done', end.value)
print(type(coroutine).__name__, coroutine.__name__, asyncio.iscoroutine(coroutine))


async def counts():
    for i in range(3):
        await asyncio.sleep(0)
        got = yield i * 10
        if got is not None:
            print('got', got)


class Resource:

    async def __aenter__(self):
        await asyncio.sleep(0)
        return 'resource'

    async def __aexit__(self, kind, error, traceback):
        print('exit', kind and kind.__name__)
        return True


async def worker(name, delay, log):
    await asyncio.sleep(delay)
    log.append(name)
    if name == 'bad':
        raise LookupError(name)
    return name.upper()


async def main():
    log = []
    print([x async for x in counts()] if False else 'items')
    async for item in counts():
        print('item', item)
    generator = counts()
    print(await generator.asend(None), await generator.asend('hello'))
    await generator.aclose()
    async with Resource() as resource:
        print(resource)
        raise KeyError(1)
    print(await asyncio.gather(worker('slow', 0.3, log), worker('fast', 0.01, log)), log)
    print(await asyncio.gather(worker('bad', 0, log), worker('ok', 0, log), return_exceptions=True))
    try:
        await asyncio.gather(worker('bad', 0, log), worker('late', 0.01, log))
    except LookupError as error:
        print('failed', error)
    try:
        await asyncio.wait_for(asyncio.sleep(10), 0.01)
    except asyncio.TimeoutError:
        print('timeout')
    try:
        async with asyncio.timeout(0.01):
            await asyncio.Event().wait()
    except TimeoutError:
        print('timeout again')
    task = asyncio.create_task(worker('cancelled', 5, log), name='one')
    await asyncio.sleep(0)
    print(task.get_name(), task.done(), task.cancel())
    try:
        await task
    except asyncio.CancelledError:
        print('cancelled', task.cancelled())
    done, pending = await asyncio.wait(
        [asyncio.create_task(worker('a', 0.01, log)), asyncio.create_task(worker('b', 1, log))],
        return_when=asyncio.FIRST_COMPLETED)
    print([future.result() for future in done], len(pending))
    for future in pending:
        future.cancel()

    queue = asyncio.Queue(maxsize=2)
    taken = []

    async def produce():
        for i in range(5):
            await queue.put(i)
        await queue.put(None)

    async def consume():
        while (item := await queue.get()) is not None:
            taken.append(item)
            queue.task_done()

    await asyncio.gather(produce(), consume())
    print(taken, queue.empty())
    lock = asyncio.Lock()
    order = []

    async def hold(name):
        async with lock:
            order.append(name)
            await asyncio.sleep(0)
            order.append(name)

    await asyncio.gather(*(hold(name) for name in 'abc'))
    print(order, lock.locked())
    semaphore = asyncio.Semaphore(2)
    most = now = 0

    async def limited():
        nonlocal most, now
        async with semaphore:
            now += 1
            most = max(most, now)
            await asyncio.sleep(0.001)
            now -= 1

    await asyncio.gather(*(limited() for _ in range(6)))
    print(most)
    event = asyncio.Event()
    asyncio.get_running_loop().call_later(0.005, event.set)
    print(await event.wait(), event.is_set())
    try:
        async with asyncio.TaskGroup() as group:
            good = group.create_task(worker('good', 0, log))
            group.create_task(worker('bad', 0.001, log))
    except* LookupError as errors:
        print('group', [str(error) for error in errors.exceptions], good.result())
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.set_result, 'set')
    print(await future, asyncio.current_task().get_name() != '', len(asyncio.all_tasks()))
    print([await one for one in asyncio.as_completed([worker('x', 0.02, log), worker('y', 0, log)])])
    print(await asyncio.to_thread(sum, [1, 2, 3]), await asyncio.shield(worker('s', 0, log)))
    return 'end'


begin = time.monotonic()
print(asyncio.run(main()))
print(time.monotonic() - begin < 4)
try:
    asyncio.run(worker('bad', 0, []))
except LookupError as error:
    print(type(error).__name__, error)
loop = asyncio.new_event_loop()
print(loop.run_until_complete(worker('loop', 0, [])), loop.is_closed())
loop.close()
print(loop.is_closed())
