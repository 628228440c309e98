class Point(object):
    def __init__(self, x, y):
        self.x = x
        self.y = y
    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)
    def dot(self, other):
        return self.x * other.x + self.y * other.y
class Ball(object):
    def __init__(self, i):
        self.at = Point(i * 1.0, i * 2.0)
        self.speed = Point(0.5, 0.25)
    def step(self):
        self.at = self.at + self.speed
def work(count, steps):
    balls = [Ball(i) for i in range(count)]
    energy = 0.0
    for _ in range(steps):
        for ball in balls:
            ball.step()
            energy += ball.at.dot(ball.speed)
    return energy
result = work(100, 120)
