"""An event loop for programs on Node: tasks, futures, sleeping, and what waits for them.

The loop runs within the call of run(), as CPython's does. Connections, processes and threads are not here.
"""
import collections
import contextvars
import enum
import heapq
import itertools
import sys
import time
import types

import _tracemalloc_node as _node

__all__ = [
    'AbstractEventLoop', 'ALL_COMPLETED', 'Barrier', 'BoundedSemaphore', 'BrokenBarrierError',
    'CancelledError', 'Condition', 'Event', 'EventLoop', 'FIRST_COMPLETED', 'FIRST_EXCEPTION',
    'Future', 'Handle', 'InvalidStateError', 'LifoQueue', 'Lock', 'PriorityQueue', 'Queue',
    'QueueEmpty', 'QueueFull', 'QueueShutDown', 'Runner', 'Semaphore', 'Task', 'TaskGroup',
    'Timeout', 'TimeoutError', 'TimerHandle', 'all_tasks', 'as_completed', 'create_task',
    'current_task', 'ensure_future', 'gather', 'get_event_loop', 'get_running_loop', 'iscoroutine',
    'iscoroutinefunction', 'isfuture', 'new_event_loop', 'run', 'set_event_loop', 'shield', 'sleep',
    'timeout', 'timeout_at', 'to_thread', 'wait', 'wait_for', 'wrap_future',
]

ALL_COMPLETED = 'ALL_COMPLETED'
FIRST_COMPLETED = 'FIRST_COMPLETED'
FIRST_EXCEPTION = 'FIRST_EXCEPTION'


class CancelledError(BaseException):
    pass


class InvalidStateError(Exception):
    pass


class BrokenBarrierError(RuntimeError):
    pass


TimeoutError = TimeoutError

for _class in (CancelledError, InvalidStateError, BrokenBarrierError):
    _class.__module__ = 'asyncio.exceptions'


async def _nothing():
    pass


_coroutine = _nothing()
CoroutineType = type(_coroutine)
_coroutine.close()


def iscoroutine(value):
    return isinstance(value, CoroutineType)


def iscoroutinefunction(function):
    import inspect
    return inspect.iscoroutinefunction(function)


def isfuture(value):
    return isinstance(value, Future)


class Handle:

    def __init__(self, callback, args, loop, context=None):
        self._callback = callback
        self._args = args
        self._loop = loop
        self._cancelled = False
        self._label = _node.label()

    def cancel(self):
        self._cancelled = True
        self._callback = self._args = None

    def cancelled(self):
        return self._cancelled

    def _run(self):
        _node.run_labelled(self._label, '')
        try:
            self._callback(*self._args)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            self._loop.call_exception_handler({
                'message': f'Exception in callback {self._callback}', 'exception': error})


class TimerHandle(Handle):

    def __init__(self, when, callback, args, loop, context=None):
        super().__init__(callback, args, loop)
        self._when = when

    def when(self):
        return self._when


_running = None
_current = None


class AbstractEventLoop:
    pass


class EventLoop(AbstractEventLoop):

    def __init__(self):
        self._ready = collections.deque()
        self._timers = []
        self._order = itertools.count()
        self._stopping = False
        self._closed = False
        self._tasks = set()
        self._debug = False
        self._handler = None
        self._factory = None

    def __repr__(self):
        return (f'<{type(self).__name__} running={self.is_running()} closed={self._closed} '
                f'debug={self._debug}>')

    def time(self):
        return time.monotonic()

    def _check_open(self):
        if self._closed:
            raise RuntimeError('Event loop is closed')

    def call_soon(self, callback, *args, context=None):
        self._check_open()
        handle = Handle(callback, args, self)
        self._ready.append(handle)
        return handle

    call_soon_threadsafe = call_soon

    def call_later(self, delay, callback, *args, context=None):
        return self.call_at(self.time() + delay, callback, *args)

    def call_at(self, when, callback, *args, context=None):
        self._check_open()
        handle = TimerHandle(when, callback, args, self)
        heapq.heappush(self._timers, (when, next(self._order), handle))
        return handle

    def create_future(self):
        return Future(loop=self)

    def create_task(self, coroutine, *, name=None, context=None, **keywords):
        self._check_open()
        if self._factory is not None:
            return self._factory(self, coroutine)
        return Task(coroutine, loop=self, name=name)

    def set_task_factory(self, factory):
        self._factory = factory

    def get_task_factory(self):
        return self._factory

    def run_in_executor(self, executor, function, *args):
        future = self.create_future()

        def work():
            if future.cancelled():
                return
            try:
                future.set_result(function(*args))
            except Exception as error:
                future.set_exception(error)
        self.call_soon(work)
        return future

    def is_running(self):
        return _running is self

    def is_closed(self):
        return self._closed

    def stop(self):
        self._stopping = True

    def close(self):
        if self.is_running():
            raise RuntimeError('Cannot close a running event loop')
        self._closed = True
        self._ready.clear()
        self._timers.clear()

    def get_debug(self):
        return self._debug

    def set_debug(self, enabled):
        self._debug = enabled

    def set_exception_handler(self, handler):
        self._handler = handler

    def get_exception_handler(self):
        return self._handler

    def default_exception_handler(self, context):
        import traceback
        print(context.get('message', 'Unhandled exception in event loop'), file=sys.stderr)
        for key in context:
            if key not in ('message', 'exception'):
                print(f'{key}: {context[key]!r}', file=sys.stderr)
        error = context.get('exception')
        if error is not None:
            traceback.print_exception(type(error), error, error.__traceback__)

    def call_exception_handler(self, context):
        if self._handler is None:
            self.default_exception_handler(context)
        else:
            self._handler(self, context)

    async def shutdown_asyncgens(self):
        pass

    async def shutdown_default_executor(self, timeout=None):
        pass

    def run_forever(self):
        global _running
        self._check_open()
        if _running is not None:
            raise RuntimeError('Cannot run the event loop while another loop is running'
                               if _running is not self else 'This event loop is already running')
        _running = self
        try:
            while True:
                self._turn()
                if self._stopping:
                    break
        finally:
            self._stopping = False
            _running = None

    def run_until_complete(self, awaitable):
        self._check_open()
        future = ensure_future(awaitable, loop=self)
        future.add_done_callback(lambda done: self.stop())
        self.run_forever()
        if not future.done():
            raise RuntimeError('Event loop stopped before Future completed.')
        return future.result()

    def _turn(self):
        """What is ready by now, after a sleep if nothing is."""
        timers = self._timers
        while timers and timers[0][2]._cancelled:
            heapq.heappop(timers)
        if not self._ready and not self._stopping:
            if not timers:
                # CPython would wait for ever: nothing here can wake the loop.
                raise RuntimeError('the event loop waits for something that cannot happen: '
                                   'no task is ready, and no timer is set')
            delay = timers[0][0] - self.time()
            if delay > 0:
                _node.sleep(delay)
        now = self.time()
        while timers and timers[0][0] <= now:
            handle = heapq.heappop(timers)[2]
            if not handle._cancelled:
                self._ready.append(handle)
        for _ in range(len(self._ready)):
            handle = self._ready.popleft()
            if not handle._cancelled:
                handle._run()


BaseEventLoop = SelectorEventLoop = EventLoop


def get_running_loop():
    if _running is None:
        raise RuntimeError('no running event loop')
    return _running


def _get_running_loop():
    return _running


_set = None


def new_event_loop():
    return EventLoop()


def set_event_loop(loop):
    global _set
    _set = loop


def get_event_loop():
    if _running is not None:
        return _running
    if _set is None:
        raise RuntimeError("There is no current event loop in thread 'MainThread'.")
    return _set


class DefaultEventLoopPolicy:

    def get_event_loop(self):
        return get_event_loop()

    def new_event_loop(self):
        return new_event_loop()

    def set_event_loop(self, loop):
        set_event_loop(loop)


_policy = DefaultEventLoopPolicy()


def get_event_loop_policy():
    return _policy


def set_event_loop_policy(policy):
    pass


class Future:

    _state = 'PENDING'

    def __init__(self, *, loop=None):
        self._loop = get_event_loop() if loop is None else loop
        self._callbacks = []
        self._result = None
        self._exception = None
        self._seen = True
        self._cancel_message = None

    __class_getitem__ = classmethod(type(list[int]))

    def __repr__(self):
        words = [type(self).__name__, self._state.lower()]
        if self._state == 'FINISHED':
            words.append(f'result={self._result!r}' if self._exception is None
                         else f'exception={self._exception!r}')
        return f"<{' '.join(words)}>"

    def get_loop(self):
        return self._loop

    def cancelled(self):
        return self._state == 'CANCELLED'

    def done(self):
        return self._state != 'PENDING'

    def result(self):
        if self._state == 'CANCELLED':
            raise self._cancelled_error()
        if self._state != 'FINISHED':
            raise InvalidStateError('Result is not set.')
        self._seen = True
        if self._exception is not None:
            raise self._exception
        return self._result

    def exception(self):
        if self._state == 'CANCELLED':
            raise self._cancelled_error()
        if self._state != 'FINISHED':
            raise InvalidStateError('Exception is not set.')
        self._seen = True
        return self._exception

    def _cancelled_error(self):
        return CancelledError() if self._cancel_message is None else CancelledError(
            self._cancel_message)

    def set_result(self, result):
        if self._state != 'PENDING':
            raise InvalidStateError(f'{self._state}: {self!r}')
        self._result = result
        self._finish('FINISHED')

    def set_exception(self, exception):
        if self._state != 'PENDING':
            raise InvalidStateError(f'{self._state}: {self!r}')
        if isinstance(exception, type):
            exception = exception()
        if isinstance(exception, StopIteration):
            raise TypeError('StopIteration interacts badly with generators and cannot be raised '
                            'into a Future')
        self._exception = exception
        self._seen = False
        self._finish('FINISHED')

    def cancel(self, msg=None):
        if self._state != 'PENDING':
            return False
        self._cancel_message = msg
        self._finish('CANCELLED')
        return True

    def _finish(self, state):
        self._state = state
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            self._loop.call_soon(callback, self)

    def add_done_callback(self, callback, *, context=None):
        if self._state == 'PENDING':
            self._callbacks.append(callback)
        else:
            self._loop.call_soon(callback, self)

    def remove_done_callback(self, callback):
        kept = [other for other in self._callbacks if other != callback]
        removed = len(self._callbacks) - len(kept)
        self._callbacks = kept
        return removed

    def __await__(self):
        if self._state == 'PENDING':
            yield self
        if self._state == 'PENDING':
            raise RuntimeError("await wasn't used with future")
        return self.result()

    __iter__ = __await__


_names = itertools.count(1)


class Task(Future):

    def __init__(self, coroutine, *, loop=None, name=None, context=None, eager_start=False):
        if not hasattr(coroutine, 'send'):
            raise TypeError(f'a coroutine was expected, got {coroutine!r}')
        super().__init__(loop=loop)
        self._coroutine = coroutine
        self._name = f'Task-{next(_names)}' if name is None else str(name)
        self._waits_for = None
        self._must_cancel = False
        self._cancels = 0
        self._label = _node.label()
        self._loop._tasks.add(self)
        self._loop.call_soon(self._step)

    def __repr__(self):
        words = [f"<Task {self._state.lower()} name={self._name!r} coro={self._coroutine!r}"]
        if self._state == 'FINISHED':
            words.append(f'result={self._result!r}' if self._exception is None
                         else f'exception={self._exception!r}')
        return ' '.join(words) + '>'

    def get_name(self):
        return self._name

    def set_name(self, name):
        self._name = str(name)

    def get_coro(self):
        return self._coroutine

    def cancel(self, msg=None):
        if self.done():
            return False
        self._cancels += 1
        if self._waits_for is not None and self._waits_for.cancel(msg=msg):
            return True
        self._must_cancel = True
        self._cancel_message = msg
        return True

    def cancelling(self):
        return self._cancels

    def uncancel(self):
        if self._cancels:
            self._cancels -= 1
            if not self._cancels:
                self._must_cancel = False
        return self._cancels

    def set_result(self, result):
        raise RuntimeError('Task does not support set_result operation')

    def set_exception(self, exception):
        raise RuntimeError('Task does not support set_exception operation')

    def _step(self, error=None):
        global _current
        if self.done():
            return
        _node.run_labelled(self._label, self._name)
        if self._must_cancel:
            if not isinstance(error, CancelledError):
                error = self._cancelled_error()
            self._must_cancel = False
        self._waits_for = None
        before, _current = _current, self
        try:
            if error is None:
                awaited = self._coroutine.send(None)
            else:
                awaited = self._coroutine.throw(error)
        except StopIteration as end:
            if self._must_cancel:
                self._must_cancel = False
                super().cancel(msg=self._cancel_message)
            else:
                super().set_result(end.value)
            self._end()
        except CancelledError as cancelled:
            message = cancelled.args[0] if cancelled.args else None
            super().cancel(msg=message)
            self._end()
        except (KeyboardInterrupt, SystemExit) as error:
            super().set_exception(error)
            self._end()
            raise
        except BaseException as error:
            super().set_exception(error)
            self._end()
        else:
            self._wait_for(awaited)
        finally:
            _current = before

    def _wait_for(self, awaited):
        if isinstance(awaited, Future):
            if awaited is self:
                self._loop.call_soon(
                    self._step, RuntimeError(f'Task cannot await on itself: {self!r}'))
                return
            self._waits_for = awaited
            awaited.add_done_callback(self._wake)
            if self._must_cancel and awaited.cancel(msg=self._cancel_message):
                self._must_cancel = False
        elif awaited is None:
            self._loop.call_soon(self._step)
        else:
            self._loop.call_soon(
                self._step, RuntimeError(f'Task got bad yield: {awaited!r}'))

    def _wake(self, future):
        try:
            future.result()
        except BaseException as error:
            self._step(error)
        else:
            self._step()

    def _end(self):
        self._loop._tasks.discard(self)


for _class, _module in ((Future, '_asyncio'), (Task, '_asyncio'), (Handle, 'asyncio.events'),
                        (TimerHandle, 'asyncio.events')):
    _class.__module__ = _module


def current_task(loop=None):
    return _current


def all_tasks(loop=None):
    return {task for task in (get_running_loop() if loop is None else loop)._tasks
            if not task.done()}


def create_task(coroutine, *, name=None, context=None, **keywords):
    return get_running_loop().create_task(coroutine, name=name)


async def _await(awaitable):
    return await awaitable


def ensure_future(value, *, loop=None):
    if isinstance(value, Future):
        return value
    if not iscoroutine(value):
        if not hasattr(type(value), '__await__'):
            raise TypeError('An asyncio.Future, a coroutine or an awaitable is required')
        value = _await(value)
    return (get_event_loop() if loop is None else loop).create_task(value)


wrap_future = ensure_future


class _Pass:
    """One turn of the loop."""

    def __await__(self):
        yield None


async def sleep(delay, result=None):
    if delay <= 0:
        await _Pass()
        return result
    loop = get_running_loop()
    future = loop.create_future()
    handle = loop.call_later(delay, _set_unless_cancelled, future, result)
    try:
        return await future
    finally:
        handle.cancel()


def _set_unless_cancelled(future, result):
    if not future.done():
        future.set_result(result)


def gather(*awaitables, return_exceptions=False):
    if not awaitables:
        future = get_event_loop().create_future()
        future.set_result([])
        return future
    futures = {}
    children = []
    for awaitable in awaitables:
        if id(awaitable) not in futures:
            futures[id(awaitable)] = ensure_future(awaitable)
        children.append(futures[id(awaitable)])
    outer = _Gathering(children[0]._loop, children)
    left = len(futures)

    def finish(child):
        nonlocal left
        left -= 1
        if outer.done():
            if not child.cancelled():
                child.exception()
            return
        if not return_exceptions:
            if child.cancelled():
                outer.set_exception(child._cancelled_error())
                return
            error = child.exception()
            if error is not None:
                outer.set_exception(error)
                return
        if left:
            return
        results = [other._cancelled_error() if other.cancelled() else
                   other._result if other.exception() is None else other.exception()
                   for other in children]
        if outer._cancel_requested:
            outer.set_exception(outer._cancelled_error())
        else:
            outer.set_result(results)

    for child in list(futures.values()):
        child.add_done_callback(finish)
    return outer


class _Gathering(Future):

    def __init__(self, loop, children):
        super().__init__(loop=loop)
        self._children = children
        self._cancel_requested = False

    def cancel(self, msg=None):
        if self.done():
            return False
        cancelled = False
        for child in self._children:
            cancelled = child.cancel(msg=msg) or cancelled
        if cancelled:
            self._cancel_requested = True
            self._cancel_message = msg
        return cancelled


def shield(awaitable):
    inner = ensure_future(awaitable)
    if inner.done():
        return inner
    outer = inner._loop.create_future()

    def finish(done):
        if outer.cancelled():
            if not done.cancelled():
                done.exception()
        elif done.cancelled():
            outer.cancel()
        elif done.exception() is not None:
            outer.set_exception(done.exception())
        else:
            outer.set_result(done.result())

    inner.add_done_callback(finish)
    return outer


async def wait(futures, *, timeout=None, return_when=ALL_COMPLETED):
    futures = set(futures)
    if not futures:
        raise ValueError('Set of Tasks/Futures is empty.')
    if any(iscoroutine(future) for future in futures):
        raise TypeError('Passing coroutines is forbidden, use tasks explicitly.')
    if return_when not in (FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED):
        raise ValueError(f'Invalid return_when value: {return_when}')

    def is_enough():
        ended = [future for future in futures if future.done()]
        if len(ended) == len(futures) or ended and return_when == FIRST_COMPLETED:
            return True
        return return_when == FIRST_EXCEPTION and any(
            not future.cancelled() and future._exception is not None for future in ended)

    loop = get_running_loop()
    if not is_enough():
        waiter = loop.create_future()

        def finish(_):
            if is_enough():
                _set_unless_cancelled(waiter, None)

        for future in futures:
            future.add_done_callback(finish)
        handle = None if timeout is None else loop.call_later(
            timeout, _set_unless_cancelled, waiter, None)
        try:
            await waiter
        finally:
            if handle is not None:
                handle.cancel()
            for future in futures:
                future.remove_done_callback(finish)
    done = {future for future in futures if future.done()}
    return done, futures - done


def as_completed(awaitables, *, timeout=None):
    futures = [ensure_future(awaitable) for awaitable in set(awaitables)]
    queue = Queue()
    for future in futures:
        future.add_done_callback(queue.put_nowait)

    async def next_one():
        future = await (queue.get() if timeout is None else wait_for(queue.get(), timeout))
        return future.result()

    for _ in futures:
        yield next_one()


class Timeout:

    def __init__(self, when):
        self._when = when
        self._handle = None
        self._expired = False
        self._task = None

    def when(self):
        return self._when

    def reschedule(self, when):
        self._when = when
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        if when is not None:
            loop = get_running_loop()
            if when <= loop.time():
                self._handle = loop.call_soon(self._expire)
            else:
                self._handle = loop.call_at(when, self._expire)

    def expired(self):
        return self._expired

    def _expire(self):
        self._expired = True
        self._task.cancel()

    async def __aenter__(self):
        self._task = current_task()
        if self._task is None:
            raise RuntimeError('Timeout should be used inside a task')
        self._cancels = self._task.cancelling()
        self.reschedule(self._when)
        return self

    async def __aexit__(self, kind, error, traceback):
        if self._handle is not None:
            self._handle.cancel()
        if self._expired and self._task.uncancel() <= self._cancels and kind is not None:
            if issubclass(kind, CancelledError):
                raise TimeoutError from error
        return None


def timeout(delay):
    return Timeout(None if delay is None else get_running_loop().time() + delay)


def timeout_at(when):
    return Timeout(when)


async def wait_for(awaitable, timeout):
    if timeout is None:
        return await awaitable
    if timeout <= 0:
        future = ensure_future(awaitable)
        if future.done():
            return future.result()
        future.cancel()
        try:
            await future
        except CancelledError as error:
            raise TimeoutError from error
        return future.result()
    async with Timeout(get_running_loop().time() + timeout):
        return await awaitable


async def to_thread(function, /, *args, **keywords):
    """Runs it at once: there is one thread."""
    await _Pass()
    return function(*args, **keywords)


class _Waiters:
    """What waits for a lock, a queue or an event, first come first served."""

    def __init__(self):
        self._waiters = collections.deque()

    async def _wait(self):
        waiter = get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            await waiter
        finally:
            if waiter in self._waiters:
                self._waiters.remove(waiter)

    def _wake(self, count=1):
        for waiter in self._waiters:
            if count == 0:
                break
            if not waiter.done():
                count -= 1
                waiter.set_result(True)


class _ContextManager:

    async def __aenter__(self):
        await self.acquire()
        return None

    async def __aexit__(self, *error):
        self.release()


class Lock(_ContextManager, _Waiters):

    def __init__(self):
        super().__init__()
        self._locked = False

    def __repr__(self):
        return f"<asyncio.locks.Lock [{'locked' if self._locked else 'unlocked'}]>"

    def locked(self):
        return self._locked

    async def acquire(self):
        if self._locked or any(not waiter.cancelled() for waiter in self._waiters):
            try:
                await self._wait()
            except CancelledError:
                if not self._locked:
                    self._wake()
                raise
        self._locked = True
        return True

    def release(self):
        if not self._locked:
            raise RuntimeError('Lock is not acquired.')
        self._locked = False
        self._wake()


class Event(_Waiters):

    def __init__(self):
        super().__init__()
        self._value = False

    def __repr__(self):
        return f"<asyncio.locks.Event [{'set' if self._value else 'unset'}]>"

    def is_set(self):
        return self._value

    def set(self):
        if not self._value:
            self._value = True
            self._wake(len(self._waiters))

    def clear(self):
        self._value = False

    async def wait(self):
        if not self._value:
            await self._wait()
        return True


class Condition(_ContextManager, _Waiters):

    def __init__(self, lock=None):
        super().__init__()
        self._lock = Lock() if lock is None else lock
        self.locked = self._lock.locked
        self.acquire = self._lock.acquire
        self.release = self._lock.release

    async def wait(self):
        if not self.locked():
            raise RuntimeError('cannot wait on un-acquired lock')
        self.release()
        try:
            await self._wait()
            return True
        finally:
            await self.acquire()

    async def wait_for(self, predicate):
        result = predicate()
        while not result:
            await self.wait()
            result = predicate()
        return result

    def notify(self, n=1):
        if not self.locked():
            raise RuntimeError('cannot notify on un-acquired lock')
        self._wake(n)

    def notify_all(self):
        self.notify(len(self._waiters))


class Semaphore(_ContextManager, _Waiters):

    def __init__(self, value=1):
        if value < 0:
            raise ValueError('Semaphore initial value must be >= 0')
        super().__init__()
        self._value = value

    def locked(self):
        return self._value == 0 or any(not waiter.cancelled() for waiter in self._waiters)

    async def acquire(self):
        if not self.locked():
            self._value -= 1
            return True
        waiter = get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            await waiter
        except CancelledError:
            if waiter.done() and not waiter.cancelled():
                self._value += 1
            raise
        finally:
            self._waiters.remove(waiter)
            while self._value > 0 and self._wake_next():
                pass
        return True

    def _wake_next(self):
        """Gives what is free to the first that waits."""
        for waiter in self._waiters:
            if not waiter.done():
                self._value -= 1
                waiter.set_result(True)
                return True
        return False

    def release(self):
        self._value += 1
        self._wake_next()


class BoundedSemaphore(Semaphore):

    def __init__(self, value=1):
        self._bound = value
        super().__init__(value)

    def release(self):
        if self._value >= self._bound:
            raise ValueError('BoundedSemaphore released too many times')
        super().release()


class Barrier(_Waiters):

    def __init__(self, parties):
        if parties < 1:
            raise ValueError('parties must be >= 1')
        super().__init__()
        self.parties = parties
        self.n_waiting = 0
        self.broken = False

    async def __aenter__(self):
        return await self.wait()

    async def __aexit__(self, *error):
        pass

    async def wait(self):
        if self.broken:
            raise BrokenBarrierError('Barrier aborted')
        place = self.n_waiting
        self.n_waiting += 1
        if self.n_waiting == self.parties:
            self.n_waiting = 0
            self._wake(len(self._waiters))
        else:
            await self._wait()
            if self.broken:
                raise BrokenBarrierError('Barrier aborted')
        return place

    async def abort(self):
        self.broken = True
        self._wake(len(self._waiters))

    async def reset(self):
        self.broken = False
        self.n_waiting = 0


class QueueEmpty(Exception):
    pass


class QueueFull(Exception):
    pass


class QueueShutDown(Exception):
    pass


for _class in (QueueEmpty, QueueFull, QueueShutDown):
    _class.__module__ = 'asyncio.queues'


class Queue:

    def __init__(self, maxsize=0):
        self._maxsize = maxsize
        self._getters = _Waiters()
        self._putters = _Waiters()
        self._unfinished = 0
        self._finished = Event()
        self._finished.set()
        self._is_shut = False
        self._init(maxsize)

    def _init(self, maxsize):
        self._queue = collections.deque()

    def _get(self):
        return self._queue.popleft()

    def _put(self, item):
        self._queue.append(item)

    @property
    def maxsize(self):
        return self._maxsize

    def qsize(self):
        return len(self._queue)

    def empty(self):
        return not self._queue

    def full(self):
        return 0 < self._maxsize <= len(self._queue)

    async def put(self, item):
        while self.full():
            if self._is_shut:
                raise QueueShutDown
            await self._putters._wait()
        self.put_nowait(item)

    def put_nowait(self, item):
        if self._is_shut:
            raise QueueShutDown
        if self.full():
            raise QueueFull
        self._put(item)
        self._unfinished += 1
        self._finished.clear()
        self._getters._wake()

    async def get(self):
        while self.empty():
            if self._is_shut:
                raise QueueShutDown
            await self._getters._wait()
        return self.get_nowait()

    def get_nowait(self):
        if self.empty():
            if self._is_shut:
                raise QueueShutDown
            raise QueueEmpty
        item = self._get()
        self._putters._wake()
        return item

    def task_done(self):
        if self._unfinished <= 0:
            raise ValueError('task_done() called too many times')
        self._unfinished -= 1
        if self._unfinished == 0:
            self._finished.set()

    async def join(self):
        if self._unfinished > 0:
            await self._finished.wait()

    def shutdown(self, immediate=False):
        self._is_shut = True
        if immediate:
            while not self.empty():
                self._get()
                self.task_done()
        self._getters._wake(len(self._getters._waiters))
        self._putters._wake(len(self._putters._waiters))


class PriorityQueue(Queue):

    def _init(self, maxsize):
        self._queue = []

    def _put(self, item):
        heapq.heappush(self._queue, item)

    def _get(self):
        return heapq.heappop(self._queue)


class LifoQueue(Queue):

    def _init(self, maxsize):
        self._queue = []

    def _get(self):
        return self._queue.pop()


class TaskGroup:

    def __init__(self):
        self._tasks = set()
        self._errors = []
        self._parent = None
        self._is_aborting = False
        self._waiter = None
        self._cancels_parent = False

    async def __aenter__(self):
        self._parent = current_task()
        return self

    def create_task(self, coroutine, *, name=None, context=None):
        if self._parent is None:
            raise RuntimeError(f'TaskGroup {self!r} has not been entered')
        task = create_task(coroutine, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._finish)
        return task

    def _finish(self, task):
        self._tasks.discard(task)
        if self._waiter is not None and not self._tasks:
            _set_unless_cancelled(self._waiter, True)
        if task.cancelled() or task.exception() is None:
            return
        self._errors.append(task.exception())
        if not self._is_aborting:
            self._abort()
            if self._waiter is None:
                self._cancels_parent = True
                self._parent.cancel()

    def _abort(self):
        self._is_aborting = True
        for task in list(self._tasks):
            task.cancel()

    async def __aexit__(self, kind, error, traceback):
        cancelled = error if kind is not None and issubclass(kind, CancelledError) else None
        if self._cancels_parent and self._parent.uncancel() == 0:
            cancelled = None
        if kind is not None and not self._is_aborting:
            self._abort()
        while self._tasks:
            self._waiter = get_running_loop().create_future()
            try:
                await self._waiter
            except CancelledError as error:
                if not self._is_aborting:
                    cancelled = error
                    self._abort()
            self._waiter = None
        if cancelled is not None and not self._errors:
            raise cancelled
        if kind is not None and not issubclass(kind, CancelledError):
            self._errors.append(error)
        if self._errors:
            raise BaseExceptionGroup('unhandled errors in a TaskGroup', self._errors) from None


class Runner:

    def __init__(self, *, debug=None, loop_factory=None):
        self._factory = loop_factory
        self._loop = None
        self._is_closed = False

    def __enter__(self):
        self.get_loop()
        return self

    def __exit__(self, *error):
        self.close()

    def get_loop(self):
        if self._is_closed:
            raise RuntimeError('Runner is closed')
        if self._loop is None:
            self._loop = new_event_loop() if self._factory is None else self._factory()
            set_event_loop(self._loop)
        return self._loop

    def run(self, coroutine, *, context=None):
        if not iscoroutine(coroutine):
            if not hasattr(type(coroutine), '__await__'):
                raise TypeError('An asyncio.Future, a coroutine or an awaitable is required')
            coroutine = _await(coroutine)
        if _running is not None:
            raise RuntimeError('Runner.run() cannot be called from a running event loop')
        return self.get_loop().run_until_complete(self._loop.create_task(coroutine))

    def close(self):
        if self._loop is None or self._is_closed:
            return
        loop = self._loop
        left = [task for task in loop._tasks if not task.done()]
        for task in left:
            task.cancel()
        if left:
            loop.run_until_complete(_all_ended(left))
            for task in left:
                if not task.cancelled() and task.exception() is not None:
                    loop.call_exception_handler({
                        'message': 'unhandled exception during asyncio.run() shutdown',
                        'exception': task.exception(), 'task': task})
        set_event_loop(None)
        loop.close()
        self._is_closed = True


async def _all_ended(tasks):
    await gather(*tasks, return_exceptions=True)


def run(main, *, debug=None, loop_factory=None):
    if _running is not None:
        raise RuntimeError('asyncio.run() cannot be called from a running event loop')
    if not iscoroutine(main) and not hasattr(type(main), '__await__'):
        raise ValueError(f'a coroutine was expected, got {main!r}')
    with Runner(debug=debug, loop_factory=loop_factory) as runner:
        return runner.run(main)


def run_coroutine_threadsafe(coroutine, loop):
    return ensure_future(coroutine, loop=loop)


def _submodule(name, **members):
    module = types.ModuleType(f'asyncio.{name}')
    module.__dict__.update(members)
    sys.modules[f'asyncio.{name}'] = module
    return module


exceptions = _submodule('exceptions', CancelledError=CancelledError, TimeoutError=TimeoutError,
                        InvalidStateError=InvalidStateError)
events = _submodule('events', AbstractEventLoop=AbstractEventLoop, Handle=Handle,
                    TimerHandle=TimerHandle, get_running_loop=get_running_loop,
                    get_event_loop=get_event_loop, _get_running_loop=_get_running_loop)
futures = _submodule('futures', Future=Future, isfuture=isfuture)
tasks = _submodule('tasks', Task=Task, gather=gather, sleep=sleep, wait=wait, wait_for=wait_for)
coroutines = _submodule('coroutines', iscoroutine=iscoroutine,
                        iscoroutinefunction=iscoroutinefunction)
locks = _submodule('locks', Lock=Lock, Event=Event, Condition=Condition, Semaphore=Semaphore)
queues = _submodule('queues', Queue=Queue, PriorityQueue=PriorityQueue, LifoQueue=LifoQueue,
                    QueueEmpty=QueueEmpty, QueueFull=QueueFull)
runners = _submodule('runners', Runner=Runner, run=run)
