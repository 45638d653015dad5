"""A page that is not there: still HTTP 404, but in our frame, in the visitor's language, with the menu."""

from __future__ import annotations

from html import escape
from http.cookies import CookieError, SimpleCookie

from ui.guard import App, Message, Receive, Scope, Send

_MOST_SHOWN = 80
# The select's own script: it sets the cookie that `ui/language.py` reads, and asks again.
_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title} · Ornok</title>
<link rel="stylesheet" href="/static/assets/custom.css">
<link rel="stylesheet" href="/static/assets/ornok/pages.css">
<style>body {{ margin: 0; }}</style></head>
<body><div class="ornok"><header class="head"><a class="skip" href="#page">{skip}</a>
<a class="name" href="/"><span class="mark" aria-hidden="true"></span>Ornok</a>
<nav aria-label="{pages}">{menu}</nav>
<label class="speak"><span class="unseen">{speak}</span>
<select onchange="document.cookie='{cookie}='+this.value+'; path=/; max-age=31536000; samesite=lax';location.reload()">
{languages}</select></label></header>
<main class="page" id="page"><div class="pages"><h1>{title}</h1><p class="lead">{text}</p>
<p><a href="/">{back}</a></p></div></main></div></body></html>
"""


class NotFound:
    """An ASGI application around another: a browser's page that the other one does not have is ours."""

    def __init__(self, inner: App) -> None:
        self.inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; only the body of a 404 for a page is another one."""
        if not _is_page(scope):
            await self.inner(scope, receive, send)
            return
        ours = False

        async def told(message: Message) -> None:
            nonlocal ours
            if message["type"] == "http.response.start" and message["status"] == 404:
                ours = True
                body = page_of(
                    scope["path"], _header(scope, b"cookie"), _header(scope, b"accept-language")
                )
                headers = [
                    (b"content-type", b"text/html; charset=utf-8"),
                    (b"content-length", str(len(body)).encode()),
                ]
                await send({**message, "headers": headers})
                await send({"type": "http.response.body", "body": body})
            elif not ours:
                await send(message)

        await self.inner(scope, receive, told)


def page_of(path: str, cookie: str, accepted: str) -> bytes:
    """The page in the language of the cookie, else of what the browser accepts, else in English."""
    # Not before the first answer: Solara must load the app's own modules itself.
    from ui.frame import MENU
    from ui.language import COOKIE, LANGUAGES, Words, choose_language

    words = Words(choose_language(_cookie(cookie, COOKIE), accepted))
    shown = path if len(path) <= _MOST_SHOWN else path[:_MOST_SHOWN] + "…"
    menu = "".join(
        f'<a href="{to}">{escape(words("common.menu." + name))}</a>' for to, name in MENU
    )
    languages = "".join(
        f'<option value="{code}" lang="{code}"{" selected" if code == words.language else ""}>{name}</option>'
        for code, name in LANGUAGES.items()
    )
    texts = {name: escape(words(f"common.{name}")) for name in ("skip", "pages")}
    text = escape(words("common.not_found.text", asked=shown))
    return _PAGE.format(
        language=words.language, title=escape(words("common.not_found.title")), text=text,
        back=escape(words("common.not_found.back")), menu=menu, languages=languages,
        cookie=COOKIE, speak=escape(words("common.language")), **texts,
    ).encode()  # fmt: skip


def _is_page(scope: Scope) -> bool:
    """Whether a browser asks for a page, and not a script or a program for something else."""
    return (
        scope["type"] == "http"
        and scope["method"] == "GET"
        and "text/html" in _header(scope, b"accept")
    )


def _header(scope: Scope, name: bytes) -> str:
    found = [value for key, value in scope["headers"] if key == name]
    return found[0].decode("latin-1") if found else ""


def _cookie(header: str, name: str) -> str | None:
    try:
        found = SimpleCookie(header).get(name)
    except CookieError:
        return None
    return None if found is None else found.value
