"""What no request gets past, and the front end that is served instead of fetched."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ui.front_end import VENDOR
from ui.guard import ANY_ADDRESS, LOOPBACK, Guard
from ui.vendor.renew import PACKAGES, differences


async def inner(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"inside"})


def answer(path="/", host="127.0.0.1:8765", kind="http", hosts=LOOPBACK, **headers):
    """Status and headers that the guard gives; for a websocket the close code."""
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "websocket.connect"}

    given = {"host": host, **headers}
    scope = {
        "type": kind,
        "path": path,
        "headers": [(k.encode(), v.encode()) for k, v in given.items()],
    }

    def ask():
        asyncio.run(Guard(inner, VENDOR, hosts)(scope, receive, send))

    # In a thread of its own: the browser of another test may keep a loop in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(ask).result()
    first = sent[0]
    return first.get("status", first.get("code")), dict(first.get("headers", []))


def test_only_our_own_names_are_answered():
    assert answer()[0] == 200
    assert answer(host="localhost")[0] == 200
    assert answer(host="[::1]:8765")[0] == 200
    for host in ("evil.example", "127.0.0.1.evil.example", "", "10.0.0.5:8765"):
        assert answer(host=host)[0] == 400
    assert answer(host="class.school.kg", hosts=(*LOOPBACK, "class.school.kg"))[0] == 200
    open_hosts = (*LOOPBACK, ANY_ADDRESS)
    assert answer(host="10.0.0.5:8765", hosts=open_hosts)[0] == 200
    assert answer(host="evil.example", hosts=open_hosts)[0] == 400


def test_a_websocket_comes_from_our_own_page():
    own = {"kind": "websocket", "path": "/jupyter/api/kernels/x/channels"}
    assert answer(**own, origin="http://127.0.0.1:8765")[0] == 200
    for origin in ("http://evil.example", "http://127.0.0.1:9999", "null", ""):
        assert answer(**own, origin=origin)[0] == 1008
    assert answer(**own)[0] == 1008


def test_only_front_end_files_that_are_here_are_served():
    start = "/_solara/cdn/"
    assert answer(f"{start}requirejs@2.3.6/require.js")[0] == 200
    for name in (
        "lodash@4.17.21/lodash.js", "../front_end.py", "..%2ffront_end.py", "requirejs@2.3.6", "",
        "requirejs@2.3.6/../../app.py", "\0",
    ):  # fmt: skip
        assert answer(start + name)[0] == 404, name


def test_solaras_own_reports_are_closed():
    assert answer("/resourcez")[0] == 404


def test_every_answer_forbids_what_is_not_from_here():
    policy = answer()[1][b"content-security-policy"].decode()
    assert "default-src 'self'" in policy
    assert "http" not in policy


def test_front_end_files_are_those_of_the_table():
    assert differences() == []
    assert {one.folder.rpartition("@")[0] for one in PACKAGES} == {
        "@widgetti/solara-vuetify3-app", "requirejs", "echarts", "@fontsource-variable/noto-sans",
    }  # fmt: skip


def test_what_solara_asks_for_is_there():
    """Every front-end path in the texts of Solara's page exists: another Solara would need others."""
    solara = pytest.importorskip("solara.server.server")
    page = Path(solara.__file__).parent / "templates" / "solara.html.j2"
    text = page.read_text(encoding="utf-8").replace("{{ipywidget_major_version}}", "8")
    wanted = [
        part.split('"')[0].lstrip("/")
        for part in text.split("{{cdn}}")[1:]
        if "vuetify-app@10" not in part and not part.startswith("{{")
    ]
    served = [name for name in wanted if not name.endswith("vuetify-app8.js")]  # development only
    assert len(served) >= 4
    missing = [name for name in served if not (VENDOR / name).is_file()]
    assert not missing


def test_pins_are_the_versions_that_the_front_end_is_of():
    import tomllib

    pins = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    app = pins["project"]["optional-dependencies"]["app"]
    assert {"solara==1.64.1", "ipyvuetify==3.1.0", "ipyvue==3.1.1"} <= set(app)


@pytest.mark.parametrize(
    "message",
    [
        {"create_widget": ["subprocess", "Popen"], "props": {"args": ["true"]}, "id": "x"},
        {"update_ref": {"functionRef": "close"}, "id": "x", "prop": "y"},
        {"event": "ready", "create_widget": ["os", "system"], "id": "x", "props": {}},
        {"event": "close"},
        {"event": ["ready"]},
        "ready",
    ],
)
def test_a_message_to_a_component_can_do_nothing_but_an_event(message):
    from ipyvue import VueTemplate

    from ui.front_end import configure

    configure()
    heard = []

    class Component(VueTemplate):
        template = "<div></div>"

        def vue_ready(self, data):
            heard.append(data)

    component = Component()
    component._handle_event(component, message, [])
    assert heard == []
    component._handle_event(component, {"event": "ready"}, [])
    assert heard == [{}]
