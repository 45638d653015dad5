"""The app's own JavaScript: plain ES modules under `assets/ornok/`, each a Vue component or a part of one.

No build step: the browser loads the files as they are, and a module imports its neighbours by
relative path.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import ipyvue
import solara

FOLDER_URL = "/static/assets/ornok"


def define(name: str) -> str:
    """Make `assets/ornok/<name>.js` known to the browser; returns its name for `component_vue`."""
    module = f"ornok-{name}"
    ipyvue.define_module(module, url=f"{FOLDER_URL}/{name}.js", dependencies=[])
    return module


def component(name: str, *props: str) -> Callable[..., solara.Element]:
    """The Vue component `assets/ornok/<name>.js`; `props` as that file names them, and `event_x` for each
    function `x` that it calls. Raises TypeError, when it is used, for a prop that is missing or unknown.
    """
    named = [inspect.Parameter(one, inspect.Parameter.KEYWORD_ONLY) for one in props]
    signature = inspect.Signature(named)

    def declared(**given: Any) -> None: ...

    declared.__signature__ = signature  # type: ignore[attr-defined]  # what Solara reads
    made = solara.component_vue(esm_module=define(name))(declared)

    def element(**given: Any) -> solara.Element:
        signature.bind(**given)
        return made(**given)

    return element
