"""Parameters of technology transfer, learning, imitation, mobility and training."""

from __future__ import annotations

from dataclasses import dataclass

from model.parameter_fields import ParameterSet, number


@dataclass(frozen=True)
class KnowledgeParams(ParameterSet):
    """The part of `Params` that `knowledge.py` and `skills.py` read."""

    # What there is to learn, and how well it is learned.
    plant_edge: float = number(
        1.6,
        "ratio",
        1.0,
        4.0,
        "assumed",
        "foreign plants are 1.2-2 times as productive as local ones of the trade",
        "productivity of the plant's methods over local engineering",
    )
    absorption_gap: float = number(
        0.8,
        "log",
        0.3,
        2.0,
        "assumed",
        "Verspagen 1991; never tuned",
        "knowledge gap from which most is learned; from a wider one less",
    )
    knowledge_decay: float = number(
        0.01,
        "1/month",
        0.0,
        0.2,
        "assumed",
        "an eighth a year, near the wear of R&D capital",
        "know-how lost by firms that have no contract with a plant",
    )

    # Channels; 0 switches one off (learning by doing: a progress ratio of 1).
    assistance_rate: float = number(
        0.0083,
        "1/month",
        0.0,
        0.2,
        "recalled",
        "Griffith, Redding & Simpson 2009: plants close about a tenth of their gap a year",
        "part of the absorbable gap that a supplier of skill 1 closes with the plant's help",
    )
    wholly_foreign_transfer: float = number(
        0.6,
        "ratio",
        0.0,
        2.0,
        "recalled",
        "Javorcik 2004: suppliers gain from joint ventures rather than from wholly foreign plants",
        "assistance of a wholly foreign plant against a joint venture's",
    )
    supplier_progress_ratio: float = number(
        0.9,
        "ratio",
        0.6,
        1.0,
        "recalled",
        "Argote & Epple 1990: most industries 0.7-0.9, raw-material work slower",
        "unit labour of a part after each doubling of experience; 1 switches learning off",
    )
    supplier_initial_experience: float = number(
        1.0,
        "years",
        0.001,
        100.0,
        "assumed",
        "the trade's norm is that of a maker that has worked a year at the part's least efficient scale",
        "experience that a firm brings from its own trade, years of that scale",
    )
    supplier_carry_over: float = number(
        0.25,
        "share",
        0.0,
        1.0,
        "assumed",
        "chosen; Levitt et al. 2013 find much carried over between models and shifts of one plant",
        "learning on parts that also serves a firm's other goods",
    )
    experience_retention: float = number(
        0.96,
        "ratio/month",
        0.5,
        1.0,
        "recalled",
        "Benkard 2000: about 60 % kept over a year",
        "experience kept from month to month by makers of parts",
    )
    mobility_rate: float = number(
        0.02,
        "1/month",
        0.0,
        0.2,
        "recalled",
        "Balsvik 2011: movers from foreign plants add about a fifth more than stayers",
        "part of the absorbable gap closed a month by a staff all of whom bring the plant's skill",
    )
    imitation_rate: float = number(
        0.005,
        "1/month",
        0.0,
        0.2,
        "recalled",
        "Haskel, Pereira & Slaughter 2007: +0.5 % for 10 points of foreign presence",
        "part of the absorbable gap closed a month where all neighbours have the know-how",
    )
    imitation_distance: float = number(
        100.0,
        "km",
        1.0,
        5000.0,
        "assumed",
        "Halpern & Murakozy 2007 find little beyond tens of km; Keller 2002 more",
        "road distance over which imitation falls to 1/e",
    )

    # Quality of makers of parts.
    quality_assistance_rate: float = number(
        0.03,
        "1/month",
        0.0,
        0.5,
        "assumed",
        "chosen: half the way to 1 in two years of help",
        "part of the gap to full quality closed with the plant's help",
    )
    quality_audit_rate: float = number(
        0.01,
        "1/month",
        0.0,
        0.5,
        "assumed",
        "chosen: yearly audits find an eighth of what is left",
        "part of the gap to full quality closed by a certificate's audits",
    )
    quality_knowledge_rate: float = number(
        0.01,
        "1/month",
        0.0,
        0.5,
        "assumed",
        "chosen",
        "part of the gap to full quality closed by a firm that knows all the plant knows",
    )
    quality_decay: float = number(
        0.01,
        "1/month",
        0.0,
        0.5,
        "assumed",
        "chosen: as knowledge",
        "quality gained that is lost without help or certificate",
    )

    # Skill in making cars.
    auto_premium: float = number(
        0.12,
        "share",
        0.0,
        1.0,
        "recalled",
        "Neal 1995, Parent 2000: pay for years in one industry, 10-20 %",
        "what full skill in making cars adds to output and pay at plants and their suppliers",
    )
    plant_training: float = number(
        0.06,
        "1/month",
        0.0,
        1.0,
        "assumed",
        "chosen: half of it in a year",
        "speed at which the crew learns to make cars",
    )
    supplier_training: float = number(
        0.03,
        "1/month",
        0.0,
        1.0,
        "assumed",
        "chosen: half as fast as at the plant",
        "speed at which staff of direct suppliers learn",
    )
    supplier_skill_ceiling: float = number(
        0.6,
        "ratio",
        0.0,
        1.0,
        "assumed",
        "a part is not a car",
        "skill in making cars that a supplier of full quality can teach",
    )
    auto_skill_decay: float = number(
        0.01,
        "1/month",
        0.0,
        0.5,
        "assumed",
        "Neal 1995: pay for industry skill is lost with the industry; speed chosen",
        "skill in making cars lost out of use",
    )
    training_places: float = number(
        0.0,
        "persons/year",
        0.0,
        1e5,
        "assumed",
        "policy; none by default",
        "places for car trades in vocational schools of the plants' regions",
    )
    training_cost: float = number(
        40000.0,
        "KGS/person",
        0.0,
        1e7,
        "assumed",
        "about a mean wage of 2024 and its overheads",
        "what a place costs the budget",
    )
    training_stipend_share: float = number(
        0.3,
        "share",
        0.0,
        1.0,
        "assumed",
        "chosen",
        "part of a place's cost that is the trainee's stipend; the rest is income of residents",
    )
    training_skill: float = number(
        0.4,
        "ratio",
        0.0,
        1.0,
        "assumed",
        "less than a year at the plant",
        "skill in making cars after the course",
    )
    training_age: float = number(
        35.0, "years", 18.0, 70.0, "assumed", "usual bound of youth programmes", "oldest trainees"
    )
