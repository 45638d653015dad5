"""Positions of the sectors that rules name; the full list is `packs.SECTORS`."""

# Sectors whose goods can be critical inputs, kept in stock by who uses them, come first.
N_GOODS = 4
ENGINEERING = 3
CONSTRUCTION = 4
TRADE = 5
PUBLIC = 9
VEHICLES = 10
