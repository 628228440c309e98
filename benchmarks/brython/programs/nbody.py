"""Planets that attract each other: almost nothing but short-lived floats."""


class Planet:
    def __init__(self, position, speed, mass):
        self.x, self.y, self.z = position
        self.vx, self.vy, self.vz = speed
        self.mass = mass


def step(planets, dt):
    for index, one in enumerate(planets):
        for other in planets[index + 1:]:
            dx = one.x - other.x
            dy = one.y - other.y
            dz = one.z - other.z
            force = dt / (dx * dx + dy * dy + dz * dz) ** 1.5
            one.vx -= dx * other.mass * force
            one.vy -= dy * other.mass * force
            one.vz -= dz * other.mass * force
            other.vx += dx * one.mass * force
            other.vy += dy * one.mass * force
            other.vz += dz * one.mass * force
    for planet in planets:
        planet.x += dt * planet.vx
        planet.y += dt * planet.vy
        planet.z += dt * planet.vz


def run():
    planets = [
        Planet((i * 1.3, 2.1 * i, i * 0.4), (0.1 * i, 0.2, 0.3), 1.0 + i) for i in range(5)
    ]
    for _ in range(1500):
        step(planets, 0.01)
    return planets[0].x
