"""Six lessons for a class as pages of the site, one page a language: predict, run, explain, try, check.

Texts are in `experiments/lessons/<language>.toml`, what is run and which answer is right in
`lessons.toml` beside them; `tests/test_lessons.py` checks the answers against the runs.
"""

from __future__ import annotations

from typing import Any

from experiments.lessons import LANGUAGES, SCALE, SEEDS, lessons, texts


def lesson_pages() -> dict[str, str | bytes]:
    """The pages: path in the site to its text."""
    return {f"lessons/{language}.md": _page(texts(language)) for language in LANGUAGES}


def _page(words: dict[str, Any]) -> str:
    parts = [f"# {words['title']}\n\n{words['lead']}"]
    parts += [_lesson(one, words[one["id"]], words) for one in lessons()]
    parts.append(f"## {words['teacher']}\n\n{words['teacher_lead']}")
    parts += [_for_teachers(one, words[one["id"]], words) for one in lessons()]
    return "\n\n".join(parts) + "\n"


def _lesson(one: dict[str, Any], text: dict[str, Any], words: dict[str, Any]) -> str:
    predict, run, explain, again, check = words["steps"]
    charts = ", ".join(f"`{name}`" for name in one["charts"])
    return "\n\n".join(
        (
            f"## {text['title']}\n\n**{text['question']}**",
            f"### 1 {predict} {{: #{one['id']}-1 }}\n\n{text['predict']}\n\n{_options(text['options'])}",
            f"### 2 {run} {{: #{one['id']}-2 }}\n\n{text['run']}\n\n"
            f"{_command(one['world'], one['against'])}\n\n{charts}",
            f"### 3 {explain} {{: #{one['id']}-3 }}\n\n" + "\n\n".join(text["explain"]),
            f"### 4 {again} {{: #{one['id']}-4 }}\n\n{text['try']}\n\n"
            f"{_command(one['try_world'], one['against'])}",
            f"### 5 {check} {{: #{one['id']}-5 }}\n\n{text['ask']}\n\n{_options(text['answers'])}",
            f'??? success "{words["answers"]}"\n\n    **{text["answers"][one["ask"]["right"]]}**\n\n'
            f"    {text['why']}",
        )
    )


def _options(options: list[str]) -> str:
    return "\n".join(f"{letter}. {option}  " for letter, option in zip("ABC", options, strict=True))


def _command(world: str, against: str) -> str:
    return f"```sh\nornok run {world} --against {against} --scale {SCALE} --seeds {SEEDS}\n```"


def _for_teachers(one: dict[str, Any], text: dict[str, Any], words: dict[str, Any]) -> str:
    aims = "\n".join(f"- {aim}" for aim in text["aims"])
    talk = "\n".join(f"- {question}" for question in text["talk"])
    return (
        f"### {text['title']} {{: #{one['id']}-t }}\n\n{words['time']}: {words['minutes'].format(minutes=one['minutes'])}. "
        f"{words['claims']}: {', '.join(one['claims'])}. {words['mechanism']}: [`{one['rule']}`](../odd.md#{one['rule']}).\n\n"
        f"{words['aims']}:\n\n{aims}\n\n{words['answers']}: {text['options'][one['predict']['right']]} / "
        f"{text['answers'][one['ask']['right']]}\n\n{words['talk']}:\n\n{talk}"
    )
