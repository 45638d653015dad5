"""The app's own JavaScript: plain ES modules under `assets/ornok/`, each a Vue component or a part of one.

No build step: the browser loads the files as they are, and a module imports its neighbours by
relative path.
"""

from __future__ import annotations

import ipyvue

FOLDER_URL = "/static/assets/ornok"


def define(name: str) -> str:
    """Make `assets/ornok/<name>.js` known to the browser; returns its name for `component_vue`."""
    module = f"ornok-{name}"
    ipyvue.define_module(module, url=f"{FOLDER_URL}/{name}.js", dependencies=[])
    return module
