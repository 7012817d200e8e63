"""The exports of the world in wit/; `wit_world` is generated from it."""

from greeting import greeting
from wit_world import exports


class Greeter(exports.Greeter):
    def greet(self, name: str) -> str:
        return greeting(name)
