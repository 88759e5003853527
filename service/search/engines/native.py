"""Compiles the kernel ahead of time, and loads it without the compiler.

numba translates `service.search.engines.kernels` once, on the first build or start after an installation; the machine
code is kept beside the module, as Python keeps its own, or in the user's cache folder where that cannot be written.
Where the machine has a linker the code is kept as a shared library, which costs a worker next to no memory; otherwise
LLVM loads the object file. numba itself is never part of a serving process: it would take 60 MB in each.
"""

from __future__ import annotations

import ctypes
import hashlib
import logging
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple

from indexer import impacts, schema, thesaurus
from indexer.analysis import tokenizer, vocabulary
from indexer.compiled import bits, dictionary, names
from service.search import model, ranking
from service.search.engines import layouts, plan
from service.search.query import expand, intent, parser

_log = logging.getLogger(__name__)

#: The functions of the compiled code; each is in a module of this package.
_FUNCTIONS = {
    "rank": "kernels",
    "witness": "kernel_witness",
    "phrase": "kernel_phrase",
    "show": "kernel_show",
    "plan": "kernel_plan",
    "read": "kernel_read",
}
#: Those that take half of the time.
_BESIDE, _TWO = ("show", "plan"), 2
_SYMBOL = "procsearch_{}"
_PARTS = ("memory", "parts", "window", "select", "text", "spans", "words", "rules", "terms", "chains", "hits", "tokens")
_KERNEL = (*_FUNCTIONS.values(), *(f"kernel_{part}" for part in _PARTS))
#: What the code may call.
_FROM_THE_SYSTEM = frozenset(("log", "memset", "memcpy", "memmove", "clock_gettime"))
_LINKERS = (("cc", "-shared"), ("ld", "-shared"))
_LINK_SECONDS = 60.0
#: A function of four addresses; called with the interpreter's lock held, since scratch arrays are shared.
Function = Callable[[int, int, int, int], int]
_TYPE = ctypes.PYFUNCTYPE(ctypes.c_int64, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64)


class Kernel(NamedTuple):
    """The compiled code: ranks a plan, tells why records match, finds phrases, shows why records match, plans a query,
    reads a text. ``library`` keeps it loaded.
    """

    rank: Function
    witness: Function
    phrase: Function
    show: Function
    plan: Function
    read: Function
    library: Any


class NativeUnavailable(Exception):
    """The kernel cannot be compiled or loaded on this machine; the message says why."""


@lru_cache(maxsize=1)
def load() -> Kernel:
    """Return the kernel, compiled now if it was not yet; NativeUnavailable where this cannot be done."""
    for path in _known_files():
        if path.is_file():
            try:
                return _loaded(path)
            except (OSError, RuntimeError) as error:
                _log.warning("the compiled kernel %s cannot be loaded (%s); it is compiled again", path, error)
    return _loaded(compile_kernel())


def is_compiled() -> bool:
    """Say whether the kernel was compiled on this machine before."""
    return any(path.is_file() for path in _known_files())


def compile_kernel() -> Path:
    """Compile the kernel and keep it; return the file. Takes some seconds and needs numba."""
    code = _machine_code()
    for folder in _folders():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            return _kept(code, folder)
        except OSError as error:
            _log.info("compiled code cannot be kept in %s: %s", folder, error)
    raise NativeUnavailable("no folder to keep compiled code in; set XDG_CACHE_HOME to one that can be written")


def _machine_code() -> bytes:
    """Return the kernel as an object file for this very processor, everything but the kernel itself hidden."""
    try:
        import llvmlite.binding as llvm
        import numba  # noqa: F401
    except ImportError as error:
        raise NativeUnavailable(f"numba is not installed for this Python ({error})") from error
    module = llvm.parse_assembly("")
    for name, text in _translated().items():
        module.link_in(_parsed(text, _SYMBOL.format(name)))
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=3, reloc="pic"
    )
    # Once everything is inside, LLVM sees that nothing is ever raised, and drops numba's runtime from the code.
    builder = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=3))
    builder.getModulePassManager().run(module, builder)
    called = {each.name for each in module.functions if each.is_declaration and not each.name.startswith("llvm.")}
    if not called <= _FROM_THE_SYSTEM:
        raise NativeUnavailable(f"this version of numba leaves calls to its runtime in the code: {sorted(called)}")
    code: bytes = machine.emit_object(module)
    return code


def _translated() -> dict[str, str]:
    """Return all functions as LLVM's assembly; where there is a second core, another process translates some."""
    with tempfile.TemporaryDirectory() as folder:
        beside = None if (os.cpu_count() or 1) < _TWO else _start_beside(folder)
        found = {name: _assembly(name) for name in _FUNCTIONS if name not in _BESIDE}
        if beside is not None and beside.wait():
            _log.info(
                "the process that compiles beside this one ended with %s; this one does its part", beside.returncode
            )
        for name in _BESIDE:
            path = Path(folder) / name
            found[name] = path.read_text() if path.is_file() else _assembly(name)
        return found


def _start_beside(folder: str) -> subprocess.Popen[bytes]:
    program = "import sys; sys.path[:] = sys.argv[2:]; from service.search.engines.native import translate as run; "
    command = [sys.executable, "-c", f"{program}run(sys.argv[1])", folder, *sys.path]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL)


def translate(folder: str) -> None:
    """Write into a folder the assembly of the functions that are translated beside the others."""
    for name in _BESIDE:
        path = Path(folder) / name
        path.with_suffix(".new").write_text(_assembly(name))
        path.with_suffix(".new").rename(path)


def _assembly(name: str) -> str:
    function = getattr(import_module(f"service.search.engines.{_FUNCTIONS[name]}"), name)
    text: str = function.inspect_llvm().replace(function.native_name, _SYMBOL.format(name))
    return text


def _parsed(text: str, symbol: str) -> Any:
    """Return assembly as a module of LLVM, in which everything but ``symbol`` is hidden."""
    import llvmlite.binding as llvm

    module = llvm.parse_assembly(text)
    for each in (*module.functions, *module.global_variables):
        if not each.is_declaration and each.name != symbol:
            each.linkage = "internal"
    return module


def _kept(code: bytes, folder: Path) -> Path:
    """Keep machine code in ``folder``, as a shared library if there is a linker; never seen half-written."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        source, linked = Path(name) / "kernel.o", Path(name) / "kernel.so"
        source.write_bytes(code)
        made = linked if _linked(source, linked) else source
        target = folder / f"kernels-{key()}{made.suffix}"
        os.replace(made, target)
        return target


def _linked(source: Path, target: Path) -> bool:
    for program, option in _LINKERS:
        path = shutil.which(program)
        if path is None:
            continue
        command = [path, option, "-o", str(target), str(source), "-lm"]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=_LINK_SECONDS)
            _loaded_library(target)
        except (OSError, subprocess.SubprocessError) as error:
            _log.info("%s cannot link the kernel: %s", path, error)
        else:
            return True
    return False


def _loaded(path: Path) -> Kernel:
    return _loaded_library(path) if path.suffix == ".so" else _loaded_object(path)


def _loaded_library(path: Path) -> Kernel:
    library = ctypes.CDLL(str(path))
    addresses = [ctypes.cast(getattr(library, _SYMBOL.format(name)), ctypes.c_void_p).value for name in _FUNCTIONS]
    return _kernel([address or 0 for address in addresses], library)


def _loaded_object(path: Path) -> Kernel:
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine()
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    engine.add_object_file(llvm.object_file.ObjectFileRef.from_data(path.read_bytes()))
    engine.finalize_object()
    addresses = [engine.get_function_address(_SYMBOL.format(name)) for name in _FUNCTIONS]
    return _kernel(addresses, engine)


def _kernel(addresses: list[int], library: Any) -> Kernel:
    functions: dict[str, Any] = dict(zip(_FUNCTIONS, map(_TYPE, addresses), strict=True))
    return Kernel(**functions, library=library)


def _known_files() -> Iterator[Path]:
    for folder in _folders():
        for suffix in (".so", ".o"):
            yield folder / f"kernels-{key()}{suffix}"


def _folders() -> tuple[Path, ...]:
    cache = os.environ.get("XDG_CACHE_HOME")
    return (
        Path(__file__).parent / "__pycache__",
        (Path(cache) if cache else Path.home() / ".cache") / "procsearch",
    )


@lru_cache(maxsize=1)
def key() -> str:
    """Return 16 hex digits over the kernel, everything whose constants are compiled into it, and the machine."""
    modules = [
        thesaurus,
        layouts,
        plan,
        ranking,
        model,
        bits,
        dictionary,
        names,
        tokenizer,
        vocabulary,
        impacts,
        schema,
    ]
    modules += [impacts, schema, expand, intent, parser]
    sources = [Path(str(module.__file__)) for module in modules]
    sources += [Path(__file__), *(Path(__file__).with_name(f"{name}.py") for name in _KERNEL)]
    try:
        compiler = version("numba")
    except PackageNotFoundError:
        compiler = "none"
    whole = hashlib.sha256(f"{compiler}|{sys.platform}|{platform.machine()}|{_processor()}".encode())
    for path in sources:
        whole.update(path.read_bytes())
    return whole.hexdigest()[:16]


def _processor() -> str:
    """Return what tells this processor from one that may lack some of its instructions."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    wanted = ("model name", "flags", "Features")
    return "|".join(sorted({line for line in lines if line.startswith(wanted)}))
