"""What a firm pays its people beyond what they would earn elsewhere, from those who moved.

ln wage = person + firm (+ month), by least squares with an effect for each (Abowd, Kramarz &
Margolis 1999 (m)). Only within a set of firms that movers connect are firm effects comparable, so
the largest such set is used (Abowd, Creecy & Kramarz 2002 (m)). One firm effect in the set is only
known against the others: they are stated against their mean over observations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import lsqr


@dataclass(frozen=True, eq=False)
class TwoWay:
    """Effects of the largest connected set; `used`: which observations are in it, bool [n]."""

    firm: pd.Series
    person: pd.Series
    used: np.ndarray


def two_way_effects(person: np.ndarray, firm: np.ndarray, log_wage: np.ndarray) -> TwoWay:
    """Least squares of `log_wage` on person and firm effects; all [n].

    Firm effects have mean 0 over the observations used. Raises ValueError when nobody moved.
    """
    people, i = np.unique(person, return_inverse=True)
    firms, j = np.unique(firm, return_inverse=True)
    used = _largest_set(i, j, len(people), len(firms))
    i, j, y = i[used], j[used], np.asarray(log_wage, np.float64)[used]
    people_in, i = np.unique(i, return_inverse=True)
    firms_in, j = np.unique(j, return_inverse=True)
    if len(firms_in) < 2:
        raise ValueError("nobody moved between firms: firm effects cannot be told from persons'")
    # Persons are taken out as means, and the firms' own design after the same.
    effect = _firm_effects(i, j, y, len(people_in), len(firms_in))
    effect -= effect[j].mean()
    own = np.bincount(i, y - effect[j]) / np.bincount(i)
    return TwoWay(
        pd.Series(effect, index=firms[firms_in]), pd.Series(own, index=people[people_in]), used
    )


def _largest_set(i: np.ndarray, j: np.ndarray, n_people: int, n_firms: int) -> np.ndarray:
    """Observations in the largest set of firms that movers connect."""
    size = n_people + n_firms
    graph = coo_matrix((np.ones(len(i)), (i, n_people + j)), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    largest: np.ndarray = label[i] == np.bincount(label[i]).argmax()
    return largest


def _firm_effects(
    i: np.ndarray, j: np.ndarray, y: np.ndarray, n_people: int, n_firms: int
) -> np.ndarray:
    """Firm effects [n_firms], the first at 0 (Frisch-Waugh-Lovell: persons' means are taken out)."""
    n, ones = len(y), np.ones(len(y))
    at_firm = csr_matrix((ones, (np.arange(n), j)), shape=(n, n_firms))
    of_person = csr_matrix((ones, (np.arange(n), i)), shape=(n, n_people))
    weight = 1.0 / np.bincount(i, minlength=n_people)
    inside = csr_matrix((weight[i], (np.arange(n), i)), shape=(n, n_people))
    within = at_firm - inside @ (of_person.T @ at_firm)
    demeaned = y - inside @ (of_person.T @ y)
    # One firm is the reference, or the level of all could not be told from the persons'.
    found = lsqr(within[:, 1:], demeaned, atol=1e-12, btol=1e-12, iter_lim=20_000)[0]
    return np.concatenate([[0.0], found])


def premium(effects: TwoWay, firm: np.ndarray, chosen: np.ndarray) -> float:
    """Mean effect of the chosen firms less the mean of the others, over observations; log points.

    `firm` [n] as given to `two_way_effects`, `chosen` bool [n]: observations at those firms.
    """
    here = effects.firm.reindex(firm[effects.used]).to_numpy(float)
    mine = chosen[effects.used]
    return float(here[mine].mean() - here[~mine].mean())


def raw_gap(log_wage: np.ndarray, chosen: np.ndarray) -> float:
    """Mean log wage at the chosen firms less that at the others: who works there included."""
    return float(np.mean(log_wage[chosen]) - np.mean(log_wage[~chosen]))


def movers_premium(workers: pd.DataFrame, firms: np.ndarray) -> dict[str, float]:
    """Premium of some firm rows by movers, and the raw gap, from a panel of workers.

    `workers`: as `experiments.panels` makes it, with identity, employer and wage; months are taken
    out as means of all. Keys: movers, raw (log points), observations in the connected set.
    """
    at_work = workers[workers["employer"] >= 0]
    log_wage = np.log(at_work["wage"].to_numpy(np.float64))
    month = at_work["period"].to_numpy()
    _, m = np.unique(month, return_inverse=True)
    log_wage = log_wage - (np.bincount(m, log_wage) / np.bincount(m))[m]
    employer = at_work["employer"].to_numpy()
    chosen = np.isin(employer, firms)
    found = two_way_effects(at_work["identity"].to_numpy(), employer, log_wage)
    return {
        "movers": premium(found, employer, chosen),
        "raw": raw_gap(log_wage, chosen),
        "observations": float(found.used.sum()),
    }
