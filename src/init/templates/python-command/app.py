"""What `wasi:cli/run` runs; `wit_world` is generated."""

from greeting import greeting
from wit_world import exports


class Run(exports.Run):
    def run(self) -> None:
        print(greeting("World"))
