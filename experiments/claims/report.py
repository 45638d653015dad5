"""The answers as one page that holds all it shows: nothing is fetched from anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

import matplotlib as mpl

from experiments.claims import form
from experiments.claims.figures import draw_board, flip_figure, time_figure
from experiments.claims.screen import effect_in_words
from experiments.claims.words import number, percent, say
from experiments.study_figures import SVG_STYLE, as_svg

__all__ = ["page", "write_report"]

_STYLE = """
body{font:16px/1.5 Georgia,'Times New Roman',serif;color:#111;max-width:62rem;margin:2rem auto;
padding:0 1rem}h1{font-size:1.9rem;line-height:1.2}h2{font-size:1.3rem;margin-top:2.6rem;
border-top:2px solid #111;padding-top:.6rem}h3{font-size:1rem;margin:1.1rem 0 .2rem}
table{border-collapse:collapse;font:13px/1.35 Arial,Helvetica,sans-serif;margin:.6rem 0;width:100%}
th,td{text-align:left;padding:.25rem .7rem .25rem 0;vertical-align:top}thead th{border-bottom:1.5px
solid #111}tbody tr{border-bottom:1px solid #ddd}td.n,th.n{text-align:right;white-space:nowrap;
font-variant-numeric:tabular-nums}blockquote{margin:.4rem 0;padding-left:1rem;border-left:3px solid
#bbb;color:#333;font-style:italic}.tag{font:bold 13px/1 Arial,Helvetica,sans-serif;padding:.25rem
.5rem;border:1.5px solid;border-radius:3px;white-space:nowrap}.holds{color:#0072B2}.fails{color:
#B34700}.only_if{color:#8A5A00}.undecided,.not_asked{color:#555}figure{margin:1rem 0}figcaption
{font-size:.88rem;color:#333}svg{max-width:100%;height:auto}.small{font-size:.88rem;color:#333}
a{color:#0072B2}@media print{body{max-width:none;margin:0;font-size:11pt}h2{break-before:page}figure,
tr{break-inside:avoid}a{color:#111}}
"""


def write_report(path: Path, answers: form.Answers) -> Path:
    """Write the page, whole."""
    scratch = path.with_name(f".{path.name}.part")
    scratch.write_text(page(answers), encoding="utf-8")
    return scratch.replace(path)


def page(answers: form.Answers) -> str:
    """The page as HTML."""
    title = "What the plant does, claim by claim"
    parts = [
        f"<h1>{title}</h1>",
        *_introduction(answers),
        *_overview(answers),
        *(line for one in answers.claims for line in _claim(answers, one)),
        *_how(answers),
    ]
    head = (
        f"<meta charset='utf-8'><meta name='viewport' content='width=device-width'>"
        f"<title>{title}</title><style>{_STYLE}</style>"
    )
    body = "\n".join(part for part in parts if part)
    return f"<!DOCTYPE html>\n<html lang='en'><head>{head}</head>\n<body>\n{body}\n</body></html>\n"


def _introduction(answers: form.Answers) -> Iterable[str]:
    made = answers.made
    window = answers.claims[0].window
    yield (
        "<p>A news analysis of a new car plant makes thirteen claims. Each was turned into a number "
        "that decides it and a rule fixed before any run: the claim <b>holds</b> where the whole 95 % "
        "interval of the paired effect lies beyond the smallest effect that matters, <b>fails</b> where "
        "such an effect is excluded, and is <b>undecided</b> otherwise. <b>Only if</b> means that it "
        "comes out otherwise in a stated part of the ranges of what nobody knows, also on cases that "
        "the search had not seen.</p>"
    )
    yield (
        f"<p class='small'>{escape(made.pack_title)}; {made.seeds} seeds at the reference, "
        f"{made.points} points over {len(answers.parameters)} parameters; one agent stands for "
        f"{made.scale:g} people; means of {window.first} to {window.last} where nothing else is said; "
        f"{made.runs:,} runs, {made.failed:,} failed, {made.missing:,} missing. Ornok {made.ornok}, "
        f"code {escape(made.code)}, {escape(made.date)}.</p>"
    )


def _overview(answers: form.Answers) -> Iterable[str]:
    rows = []
    for one in answers.claims:
        rows.append(
            f"<tr><td><a href='#{one.id}'>{one.id} {escape(one.name.en)}</a></td>"
            f"<td>{_tag(one)}</td><td>{escape(effect_in_words(one.effect))}<br>"
            f"<span class='small'>matters from {_margin(one)}</span></td>"
            f"<td>{escape(one.flip.text.en)}</td></tr>"
        )
    yield (
        "<table><thead><tr><th>claim</th><th>verdict</th><th>effect at the reference [95 %]</th>"
        f"<th>flips when</th></tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )
    with mpl.rc_context(SVG_STYLE):
        board = as_svg(draw_board(answers))
    yield _figure(
        board,
        "Every claim at the reference parameters, by how much the plant makes. Right of the dotted "
        "line an effect matters; below 0 it goes the other way. The scale is linear to 1 and "
        "logarithmic beyond; intervals are 95 % over seeds.",
    )


def _tag(one: form.Answer) -> str:
    tag = f"<span class='tag {one.verdict}'>{escape(one.verdict_text.en)}</span>"
    if one.verdict == "only_if":
        at = escape(say(f"verdict.{one.at_reference}").en)
        tag += f"<br><span class='small'>at the reference: {at}</span>"
    return tag


def _margin(one: form.Answer) -> str:
    value = number(one.side * one.margin.value, signed=not one.margin.bar)
    return escape(f"{value} {one.margin.unit.en}")


def _claim(answers: form.Answers, one: form.Answer) -> Iterable[str]:
    yield f"<h2 id='{one.id}'>{one.id} {escape(one.name.en)} {_tag(one)}</h2>"
    yield f"<blockquote>“{escape(one.quote.en)}”</blockquote>"
    yield f"<p>{escape(one.statement.en)}</p>"
    if one.effect is None:
        yield f"<p>{escape(one.reason.en)}</p>"
        return
    effect, margin = one.effect, one.margin
    left_out = ""
    if effect.left_out:
        every = str(effect.n + effect.left_out)
        left_out = " " + say("left_out", n=str(effect.left_out), all=every).en
    yield (
        f"<p><b>Measured:</b> {escape(effect.words.en)}, {escape(effect.treated)} against "
        f"{escape(effect.control)}, {one.window.first} to {one.window.last}: "
        f"<b>{escape(effect_in_words(effect))}</b>. {escape(one.reason.en)}{escape(left_out)}</p>"
    )
    yield (
        f"<p class='small'>Smallest effect that matters: {_margin(one)}, because {escape(margin.why.en)} "
        f"({margin.grade}).</p>"
    )
    yield _figure(time_figure(answers, one), _time_caption(one))
    if len(one.doses) > 1:
        yield "<h3>By how much the plant makes</h3>"
        yield _doses(answers, one)
    yield "<h3>When it flips</h3>"
    yield from _flip(answers, one)
    yield "<h3>Beside it</h3>"
    yield _supporting(answers, one)
    yield "<h3>Limits</h3><ul>" + "".join(f"<li>{escape(x.en)}</li>" for x in one.limits) + "</ul>"


def _time_caption(one: form.Answer) -> str:
    return (
        f"{one.effect.words.en if one.effect else ''}: both worlds, and their difference with its 95 % "
        "interval at each time. The dotted line is the smallest effect that matters."
    )


def _doses(answers: form.Answers, one: form.Answer) -> str:
    words = {dose.name: dose.words.en for dose in answers.doses}
    shares = {share.dose: share for share in one.flip.by_dose}
    rows = []
    for effect in one.doses:
        share = shares.get(effect.dose)
        over = "–" if share is None or share.share is None else percent(share.share)
        rows.append(
            [
                words[effect.dose],
                effect_in_words(effect),
                say(f"verdict.{effect.verdict}").en if effect.verdict else "–",
                over,
            ]
        )
    head = ["the plant makes", "effect [95 %]", "verdict", "holds over the ranges, share of cases"]
    return _table(head, rows)


def _flip(answers: form.Answers, one: form.Answer) -> Iterable[str]:
    flip, condition = one.flip, one.flip.condition
    yield f"<p>{escape(flip.text.en[:1].upper() + flip.text.en[1:])}.</p>"
    if condition is None:
        return
    quality = say(
        "flip.quality",
        coverage=percent(_known(condition.coverage)),
        density=percent(_known(condition.density)),
        held=percent(_known(condition.held_out_density)),
        cases=str(condition.held_out_cases),
    ).en
    if flip.confirmed:
        yield f"<p class='small'>{escape(quality)}</p>"
    else:
        yield (
            f"<p class='small'>The best that the search found ({escape(condition.text.en)}) did not hold "
            f"on cases that it had not seen and counts for nothing. {escape(quality)}</p>"
        )
    rows = [
        [
            bound.words.en,
            bound.parameter,
            _end(bound.low, "from the range's end"),
            _end(bound.high, "to the range's end"),
            f"{number(_known(bound.range_low))} to {number(_known(bound.range_high))}",
        ]
        for bound in condition.bounds
    ]
    yield _table(["condition", "parameter", "from", "to", "range that was asked"], rows)
    caption = "Cases over the ranges: filled where the claim holds. Shaded: the condition."
    if len(condition.bounds) > 2:
        caption += " The two parameters that tell most are shown."
    yield _figure(flip_figure(answers, one), caption)


def _known(value: float | None) -> float:
    return float("nan") if value is None else value


def _end(value: float | None, otherwise: str) -> str:
    return otherwise if value is None else number(value)


def _supporting(answers: form.Answers, one: form.Answer) -> str:
    doses = [effect.dose for effect in one.doses]
    names = list(dict.fromkeys(effect.measure for effect in one.supporting))
    found = {(effect.measure, effect.dose): effect for effect in one.supporting}
    rows = []
    for name in names:
        first = found[name, doses[0]]
        cells = [effect_in_words(found[name, dose]).replace(first.unit.en, "") for dose in doses]
        rows.append([f"{first.words.en}, {first.unit.en}", *cells])
    return _table(["difference [95 %]", *doses], rows)


def _how(answers: form.Answers) -> Iterable[str]:
    yield "<h2>How it was done</h2>"
    yield (
        "<p>Every effect is the difference of two worlds that share parameters, seed and every random "
        "draw; intervals are Student's over seeds. Thirteen intervals at 95 % are read side by side: by "
        "chance alone one in twenty would mislead. A claim of no effect is shown by two one-sided tests "
        "(equivalence), never by an interval that holds zero. Conditions are boxes of a classification "
        "tree of at most three cuts over a Latin hypercube, each point with a seed of its own; a "
        "condition counts only if cases that the tree had not seen decide the same way.</p>"
    )
    rows = [
        [
            parameter.words.en,
            parameter.name,
            f"{number(parameter.low)} to {number(parameter.high)}",
            f"{number(parameter.default)}",
            parameter.unit,
            parameter.why,
            parameter.grade,
        ]
        for parameter in answers.parameters
    ]
    head = ["what is not known", "parameter", "range", "reference", "unit", "why so far", "grade"]
    yield _table(head, rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    lines = ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows]
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _figure(svg: str, caption: str) -> str:
    if not svg:
        return ""
    return f"<figure>{svg}<figcaption>{escape(caption)}</figcaption></figure>"
