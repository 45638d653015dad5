"""A page that is not there: the status stays 404, the body is ours, in the visitor's language."""

import asyncio
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

from ui.frame import MENU
from ui.language import LANGUAGES, Words
from ui.not_found import NotFound

BROWSER = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"


def answer(path="/nonsense", status=404, method="GET", **headers):
    """Status, headers and body that stand at the end."""
    sent = []

    async def inner(scope, receive, send):
        plain = [(b"content-type", b"text/plain"), (b"content-length", b"5")]
        await send({"type": "http.response.start", "status": status, "headers": plain})
        await send({"type": "http.response.body", "body": b"plain"})

    async def send(message):
        sent.append(message)

    given = [(key.replace("_", "-").encode(), text.encode()) for key, text in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": given}
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(NotFound(inner)(scope, None, send))).result()
    first, *bodies = sent
    return first["status"], dict(first["headers"]), b"".join(one["body"] for one in bodies).decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_speaks_the_visitors_language_and_leads_back(language):
    by_browser = answer(accept=BROWSER, accept_language=f"{language}-XX,en;q=0.5")
    by_cookie = answer(accept=BROWSER, accept_language="en", cookie=f"ornok-language={language}")
    assert by_browser == by_cookie
    status, headers, body = by_browser
    words = Words(language)
    assert status == 404
    assert headers[b"content-type"].startswith(b"text/html")
    assert int(headers[b"content-length"]) == len(body.encode())
    assert f"<h1>{words('common.not_found.title')}</h1>" in body
    assert "/nonsense" in body
    assert all(f'href="{path}"' in body for path, _ in MENU)


def test_what_is_asked_is_text():
    for path in ("/<script>x</script>", '/"onload="x', "/{0}{texts}", "/" + "x" * 500):
        _, _, body = answer(path, accept=BROWSER)
        assert "<script" not in body
        assert '"onload' not in body
        assert "x" * 81 not in body


def test_all_else_passes():
    plain = (404, {b"content-type": b"text/plain", b"content-length": b"5"}, "plain")
    assert answer() == plain
    assert answer(accept="*/*") == plain
    assert answer(accept=BROWSER, method="HEAD") == plain
    assert answer(accept=BROWSER, status=200)[2] == "plain"


def test_the_server_answers_so(server):
    for accept, words in ((BROWSER, "There is no such page"), ("*/*", "not found")):
        request = urllib.request.Request(f"{server}/nonsense", headers={"Accept": accept})
        with pytest.raises(urllib.error.HTTPError) as raised:
            urllib.request.urlopen(request, timeout=20)
        assert raised.value.code == 404
        assert words in raised.value.read().decode()
        assert raised.value.headers["content-security-policy"]
