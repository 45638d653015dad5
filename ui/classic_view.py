"""Mesa's own page (`SolaraViz`) around the model. Mesa's command console is never part of it.

Mesa's visualisation is imported when the page is opened: it needs a package (altair) that nothing else
here does.
"""

from __future__ import annotations

import threading
from typing import Any

import solara
from matplotlib import colormaps
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from solara.components.applayout import sidebar_portal

from model.regions import Region
from ui.classic_model import WORLDS, ClassicModel
from ui.run_request import SEEDS

_BLUE, _ORANGE, _GREEN = "#0072B2", "#D55E00", "#009E73"
_drawing = threading.Lock()


class _OneAtATime(Figure):
    """Matplotlib's fonts are shared by all threads: visitors' pictures are made one after the other."""

    def savefig(self, *args: Any, **named: Any) -> None:
        """As Matplotlib's."""
        with _drawing:
            super().savefig(*args, **named)


def portray(agent: Any) -> Any:
    """A region as a disc, the darker the more of its people are employees (Mesa 3.5 ignores sizes)."""
    from mesa.visualization.components import AgentPortrayalStyle

    heads = agent.heads if isinstance(agent, Region) else {"employee": 0}
    share = heads["employee"] / max(1, sum(heads.values()))
    return AgentPortrayalStyle(color=to_hex(colormaps["Blues"](min(1.0, 0.15 + 1.6 * share))))


def finish_map(axes: Any) -> None:
    """Discs that can be seen; degrees say nothing on a made-up map."""
    for discs in axes.collections:
        discs.set_sizes([900])
    axes.set_xticks([])
    axes.set_yticks([])


def parts() -> list[Any]:
    """What Mesa's page shows: a space and plots of the model's own reporters."""
    import mesa.visualization.components.matplotlib_components as mesa_matplotlib
    from mesa.visualization import make_plot_component, make_space_component

    mesa_matplotlib.Figure = _OneAtATime
    return [
        make_space_component(portray, post_process=finish_map),
        make_plot_component({"employee_jobs": _BLUE, "own_account": _ORANGE}),
        make_plot_component({"plant_jobs": _BLUE, "cars_made": _ORANGE}),
        make_plot_component({"unemployment_rate": _GREEN}),
    ]


def controls() -> dict[str, Any]:
    """Parameters that the page may set; the model checks them once more."""
    return {
        "world": {"type": "Select", "value": WORLDS[0], "values": list(WORLDS), "label": "World"},
        "seed": {
            "type": "SliderInt", "value": 1, "label": "Seed", "min": SEEDS[0], "max": 100, "step": 1,
        },
    }  # fmt: skip


@solara.component
def MesaPage(model: solara.Reactive[ClassicModel]) -> None:
    """Mesa's page with its controls beside it."""
    from mesa.visualization import SolaraViz

    beside = sidebar_portal.use_portal()
    made = solara.use_memo(parts, [])
    given = solara.use_memo(controls, [])
    with solara.Div(classes=["mesa"]):
        solara.Div(children=beside, classes=["mesa-controls"])
        with solara.Div(classes=["mesa-parts"]):
            SolaraViz(model, components=made, model_params=given, name="Ornok", play_interval=200)
