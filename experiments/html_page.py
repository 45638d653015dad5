"""Pieces of a page that holds all it shows: nothing is fetched from anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

_STYLE = """
body{font:16px/1.5 Georgia,'Times New Roman',serif;color:#111;max-width:60rem;margin:2rem auto;
padding:0 1rem}h1{font-size:1.9rem;line-height:1.2;margin-bottom:.2rem}h2{font-size:1.25rem;
margin-top:2.2rem;border-bottom:1px solid #bbb}h3{font-size:1.02rem;margin-bottom:.2rem}
table{border-collapse:collapse;font:13px/1.35 Arial,Helvetica,sans-serif;margin:.6rem 0;display:block;
overflow-x:auto}th,td{text-align:left;padding:.18rem .7rem .18rem 0;vertical-align:top}
thead th{border-bottom:1.5px solid #111}tbody tr:last-child td{border-bottom:1px solid #111}
.wide td:last-child{overflow-wrap:anywhere}td.n,th.n{text-align:right;white-space:nowrap;
font-variant-numeric:tabular-nums}.unclear{color:#6b6b6b}
.lead{font-size:1.1rem;color:#333}pre{font-size:12px;background:#f6f6f6;padding:.7rem;overflow-x:auto;
white-space:pre-wrap}figure{margin:1rem 0}figcaption{font-size:.9rem;color:#333}svg{max-width:100%;
height:auto}.small{font-size:.88rem;color:#333}
@media print{body{max-width:none;margin:0;font-size:11pt}h2,h3{break-after:avoid}
figure,tr{break-inside:avoid}a{color:#111}}
"""


def html_document(title: str, parts: Iterable[str]) -> str:
    """A whole page of these parts, the empty ones left out."""
    head = f"<meta charset='utf-8'><title>{escape(title)}</title><style>{_STYLE}</style>"
    body = "\n".join(part for part in parts if part)
    return f"<!DOCTYPE html>\n<html lang='en'><head>{head}</head>\n<body>\n{body}\n</body></html>\n"


def html_table(
    head: Sequence[str], rows: Iterable[tuple[Sequence[str], bool]], words: int = 1
) -> str:
    """An HTML table; the first `words` columns are text, the rest numbers."""
    kinds = ["" if column < words else " class='n'" for column in range(len(head))]
    top = "".join(f"<th{kind}>{escape(cell)}</th>" for kind, cell in zip(kinds, head, strict=True))
    lines = []
    for cells, grey in rows:
        line = "".join(f"<td{kind}>{escape(x)}</td>" for kind, x in zip(kinds, cells, strict=True))
        lines.append(f"<tr class='unclear'>{line}</tr>" if grey else f"<tr>{line}</tr>")
    return f"<table><thead><tr>{top}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def html_texts(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """An HTML table of texts."""
    return html_table(head, [(row, False) for row in rows], words=len(head))


def html_figure(svg: str, caption: str) -> str:
    """A figure with its caption."""
    return f"<figure>{svg}<figcaption>{escape(caption)}</figcaption></figure>"
