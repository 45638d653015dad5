"""Jobs and firms by region and sector, and distances, from raw regional data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.data.balancing import Floats, Whole, fit_to_margins, whole_matrix, whole_numbers
from model.data.national_table import People
from model.data.raw_tables import BASE, Raw


@dataclass(frozen=True)
class RegionalTables:
    """Persons and firms [R, 10]; distances [R, R] in km."""

    employees_small: Whole
    employees_large: Whole
    own_account: Whole
    firms_small: Whole
    firms_large: Whole
    distance: Floats
    residuals: list[tuple[str, str, float, str]]


def _tilt(raw: Raw, kind: str) -> Floats:
    regions = list(raw.regions)
    tilt = np.ones((len(regions), len(BASE)))
    for row in raw.tilt:
        if row["kind"] == kind:
            tilt[regions.index(row["region"]), BASE.index(row["sector"])] = float(row["weight"])
    return tilt


def place_jobs(raw: Raw, people: People) -> RegionalTables:
    """Small firms by region seed their jobs; large employers follow product and population;
    own-account work fills each region's employment by RAS.
    """
    private = raw.sector("public") == 0
    small_national = raw.sector("employees_small")
    shares = raw.sector("small_firm_share")
    n_small = whole_numbers(shares, int(raw.level("small_firms")))
    region_share = raw.region("small_firms") / raw.region("small_firms").sum()
    spread, moved = fit_to_margins(
        (np.outer(region_share, n_small) * _tilt(raw, "small"))[:, private],
        region_share * n_small.sum(),
        n_small[private].astype(np.float64),
    )
    expected = np.zeros((len(raw.regions), len(BASE)))
    expected[:, private] = spread
    firms_small = whole_matrix(
        expected,
        n_small,
        np.outer(np.ones(len(raw.regions)), private).astype(np.int64),
    )
    size = np.divide(small_national, n_small, out=np.zeros(len(BASE)), where=n_small > 0)
    employees_small = whole_matrix(
        firms_small * size, np.round(small_national).astype(np.int64), firms_small
    )
    seed = np.where(private, raw.region("grp_share")[:, None], raw.region("population")[:, None])
    large_national = np.round(people.employees - small_national).astype(np.int64)
    n_large = np.round(raw.sector("large_firms")).astype(np.int64)
    employees_large = _drop_small_cells(
        whole_matrix(seed * _tilt(raw, "large"), large_national),
        raw.level("smallest_large_firm"),
        n_large,
    )
    firms_large = whole_matrix(employees_large, n_large, (employees_large > 0).astype(np.int64))
    own_account, change = _place_own_account(raw, people, employees_small + employees_large)
    meaning = "relative change of a share by RAS"
    notes = [("small firms", "largest cell", moved, meaning)]
    notes.append(("own-account jobs", "largest cell", change, meaning))
    return RegionalTables(
        employees_small,
        employees_large,
        own_account,
        firms_small,
        firms_large,
        measure_distances(raw),
        notes,
    )


def _drop_small_cells(jobs: Whole, least: float, firms: Whole) -> Whole:
    """Cells too small for one large firm, and the smallest beyond a sector's number of firms,
    give their jobs to the sector's largest cell.
    """
    kept = np.where(jobs >= least, jobs, 0)
    for j in range(jobs.shape[1]):
        order = np.argsort(-kept[:, j], kind="stable")
        kept[order[max(int(firms[j]), 1) :], j] = 0
        kept[order[0], j] += jobs[:, j].sum() - kept[:, j].sum()
    return kept


def _place_own_account(raw: Raw, people: People, employees: Whole) -> tuple[Whole, float]:
    rows = raw.region("employed") - employees.sum(axis=1)
    if (rows <= 0).any():
        region = list(raw.regions)[int(np.argmin(rows))]
        raise ValueError(f"{region} has more employees than employed persons")
    columns = people.persons - employees.sum(axis=0)
    columns[np.argmax(columns)] += rows.sum() - columns.sum()  # rounding of shares
    used = columns > 0
    seed = np.outer(raw.region("employed"), columns / columns.sum()) * _tilt(raw, "own")
    fitted = np.zeros_like(seed)
    fitted[:, used], change = fit_to_margins(seed[:, used], rows, columns[used])
    return whole_matrix(fitted, columns.astype(np.int64)), change


def measure_distances(raw: Raw) -> Floats:
    """Shortest way over the listed roads [R, R] in km; the diagonal is the mean distance
    inside a disc of the region's area, 0.67 sqrt(area / pi) (Head and Mayer 2010).
    """
    regions = list(raw.regions)
    km = np.full((len(regions), len(regions)), np.inf)
    for road in raw.roads:
        i, j = regions.index(road["from"]), regions.index(road["to"])
        km[i, j] = km[j, i] = min(float(road["km"]), km[i, j])
    np.fill_diagonal(km, 0.0)
    for k in range(len(regions)):
        km = np.minimum(km, km[:, k : k + 1] + km[k : k + 1, :])
    if not np.isfinite(km).all():
        raise ValueError("roads.csv does not connect all regions")
    np.fill_diagonal(km, np.round(0.67 * np.sqrt(raw.region("area") / np.pi), 1))
    return km
