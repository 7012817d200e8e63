"""Calls an export of a component with texts: `call.py FILE [INTERFACE#]FUNCTION TEXT…`.

The Wasmtime that the other tests use is not optimised, which takes minutes for components of many
megabytes. This one is.
"""

import sys

from wasmtime import Config, Engine, ExitTrap, Store, WasiConfig
from wasmtime.component import Component, Linker

file, path, *texts = sys.argv[1:]
config = Config()
config.cranelift_opt_level = "none"
engine = Engine(config)
component = Component.from_file(engine, file)
linker = Linker(engine)
linker.add_wasip2()
wasi = WasiConfig()
wasi.inherit_stdout()
wasi.inherit_stderr()
store = Store(engine)
store.set_wasi(wasi)
instance = linker.instantiate(store, component)
place = None
for name in path.split("#"):
    place = instance.get_export_index(store, name, place)
try:
    answer = instance.get_func(store, place)(store, *texts)
except ExitTrap as exit:
    sys.exit(exit.code)
if isinstance(answer, str):
    print(answer)
elif getattr(answer, "tag", "ok") != "ok":
    sys.exit(f"it returned {answer}")
