"""Ornok: what a car plant does to a region's firms, workers and importers.

Names are imported on first use (PEP 562), so `import model` costs milliseconds.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from model.compile_cache import source_hash, use_fresh_folder

if TYPE_CHECKING:
    from model.errors import InputError
    from model.model import RegionalModel
    from model.packs import load_pack
    from model.params import Params
    from model.worlds import World

__version__ = "0.1.0"
__all__ = ["InputError", "Params", "RegionalModel", "World", "load_pack", "source_hash"]

_HOME = {
    "InputError": "model.errors",
    "Params": "model.params",
    "RegionalModel": "model.model",
    "World": "model.worlds",
    "load_pack": "model.packs",
}

use_fresh_folder()


def __getattr__(name: str) -> object:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'model' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
