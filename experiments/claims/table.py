"""The form of the table of claims: what is asked, of which worlds, and the rule, as data.

Nothing here knows what a claim is about. Another table of the same form works the same way, so that
thresholds and ranges, which are judgement, can be changed without touching code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from model import World

if TYPE_CHECKING:
    from model.packs import Pack

__all__ = [
    "Claim", "Dose", "Feature", "Measure", "Parameter", "Table", "WorldSpec", "Worlds",
]  # fmt: skip

CONTROL = "none"
SHOCK_KINDS = ("loss", "loss_avoided", "recovery")

Text = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]*$")]
Grade = Literal["measured", "press", "recalled", "assumed"]
Kind = Literal["difference", "relative", "total", "kept", "loss", "loss_avoided", "recovery"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Dose(_Part):
    """How much the plant makes: a world with it, and the cars a year that the parent takes there."""

    name: Name
    world: Text
    cars: Annotated[int, Field(ge=0)]
    cars_fact: str | None = None
    words: Text


class WorldSpec(_Part):
    """A world made from one of the library: other dated events, or a plant that buys nothing here."""

    name: Name
    base: Text
    title: Text
    events_of: str | None = None
    local_purchases: bool | None = None

    def make(self) -> World:
        """The world itself. Raises `model.errors.InputError` for a name that is not in the library."""
        from dataclasses import replace

        base = World.load(self.base)
        more = World.load(self.events_of).events if self.events_of else ()
        plants = base.plants
        if self.local_purchases is not None:
            plants = tuple(replace(one, local_purchases=self.local_purchases) for one in plants)
        return replace(
            base,
            name=self.name,
            title=self.title,
            question=f"Made for the claims from world {self.base}.",
            events=(*base.events, *more),
            plants=plants,
        )


class Parameter(_Part):
    """What is not known, and the plausible range it goes over; `grade` is the range's."""

    name: Name
    role: Literal["lever", "uncertainty"]
    low: float
    high: float
    words: Text
    why: Text
    grade: Grade


class Worlds(_Part):
    """What is compared; `{world}` stands for the dose's world. Calm: the same without its shock."""

    treated: Text = "{world}"
    control: Text = CONTROL
    treated_calm: str | None = None
    control_calm: str | None = None

    def at(self, dose: Dose) -> Worlds:
        """With the dose's world put in."""
        named = {name: one for name, one in self.model_dump().items() if one is not None}
        return Worlds(**{name: one.format(world=dose.world) for name, one in named.items()})

    def names(self) -> list[str]:
        """The worlds that take part."""
        return [one for one in self.model_dump().values() if one is not None]


class Measure(_Part):
    """A number a run pair gives: outcomes added up (those in `minus` taken off), then compared.

    kind: difference (treated less control, mean of the window), relative (the same in per cent of
    control), total (sum of the differences over the whole run), kept (treated in per cent of control),
    and after a shock: loss (of treated against its calm world, in per cent of a year), loss_avoided
    (control's loss less treated's) and recovery (months until output is back, treated less control).
    """

    id: Name
    words: Text
    outcomes: Annotated[list[str], Field(min_length=1)]
    minus: list[str] = []
    kind: Kind = "difference"
    unit: Text
    factor: float = 1.0
    shock: str | None = None
    window: Annotated[int, Field(ge=1)] | None = None
    worlds: Worlds | None = None

    @property
    def needs(self) -> list[str]:
        """All its outcomes."""
        return [*self.outcomes, *self.minus]


class Feature(_Part):
    """A property of a case beside its parameters: an outcome of the treated world before the window."""

    outcome: Text
    words: Text


class Claim(_Part):
    """One claim: the words, the measures (the first decides), the margin and the claimed side.

    `margin` is the smallest effect that matters, above 0, in the leading measure's unit; with `bar`
    it is a level to reach instead, from which no equivalence to zero can be read. `margin_fact`: the
    fact of a pack's reference plant that takes its place, times `margin_times`.
    """

    id: Annotated[str, Field(pattern=r"^C[0-9]{1,2}$")]
    name: Text
    quote: Text
    statement: Text
    side: Literal[-1, 1]
    margin: Annotated[float, Field(gt=0)]
    margin_fact: str | None = None
    margin_times: Annotated[float, Field(gt=0)] = 1.0
    margin_why: Text
    margin_grade: Grade
    bar: bool = False
    doses: Annotated[list[str], Field(min_length=1)] | None = None
    features: list[Feature] = []
    limits: list[Text]
    worlds: Worlds = Worlds()
    measures: Annotated[list[Measure], Field(min_length=1)]

    @property
    def leading(self) -> Measure:
        """The measure that decides."""
        return self.measures[0]

    def worlds_of(self, measure: Measure, dose: Dose) -> Worlds:
        """What a measure compares at a dose."""
        return (measure.worlds or self.worlds).at(dose)


class Table(_Part):
    """All claims with the doses, worlds and ranges they are asked over."""

    window_months: Annotated[int, Field(ge=1)]
    also_keep: list[str] = []
    doses: Annotated[list[Dose], Field(min_length=1)]
    worlds: list[WorldSpec] = []
    parameters: Annotated[list[Parameter], Field(min_length=1)]
    claims: Annotated[list[Claim], Field(min_length=1)]

    def doses_of(self, claim: Claim) -> list[Dose]:
        """The doses a claim is asked at, the reference first."""
        known = {dose.name: dose for dose in self.doses}
        return list(known.values()) if claim.doses is None else [known[n] for n in claim.doses]

    def for_pack(self, pack: Pack) -> Table:
        """The same with what was announced in this pack in place of the numbers written here."""
        facts = pack.plants[pack.reference_plant]
        doses = [
            one.model_copy(update={"cars": int(float(facts[one.cars_fact]))})
            if one.cars_fact in facts
            else one
            for one in self.doses
        ]
        claims = [
            one.model_copy(update={"margin": one.margin_times * float(facts[one.margin_fact])})
            if one.margin_fact in facts
            else one
            for one in self.claims
        ]
        return self.model_copy(update={"doses": doses, "claims": claims})

    def needed(self) -> list[str]:
        """Every outcome that some measure or feature needs, each once."""
        named = [name for claim in self.claims for one in claim.measures for name in one.needs]
        named += [one.outcome for claim in self.claims for one in claim.features]
        return list(dict.fromkeys(named))

    def kept(self) -> list[str]:
        """Every outcome that the studies keep: those needed and those asked for beside."""
        return list(dict.fromkeys([*self.needed(), *self.also_keep]))

    def world_names(self, *, leading_only: bool) -> list[str]:
        """Worlds that measures compare, each once, without the control of all."""
        found: list[str] = []
        for claim in self.claims:
            for measure in claim.measures[: 1 if leading_only else None]:
                for dose in self.doses_of(claim):
                    found += claim.worlds_of(measure, dose).names()
        return [name for name in dict.fromkeys(found) if name != CONTROL]

    def made(self, name: str) -> WorldSpec | None:
        """How a world is made, if it is not one of the library."""
        return next((one for one in self.worlds if one.name == name), None)

    def world(self, name: str) -> World:
        """A world of the table or of the library."""
        spec = self.made(name)
        return World.load(name) if spec is None else spec.make()
