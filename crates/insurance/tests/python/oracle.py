"""Figures of the packs, computed a third time: from the files on disk, by Python's own fractions.

`oracle.py POLICIES` reads a question a line as JSON and answers a line each: a list of fen, or
the code of a refusal. It knows no line of the Rust program.
"""

import json
import sys
from fractions import Fraction
from pathlib import Path

try:
    import tomllib
except ImportError:
    import tomli as tomllib


def fraction(text):
    if text.endswith("%"):
        return Fraction(text[:-1]) / 100
    return Fraction(text)


def fen(yuan):
    amount = Fraction(str(yuan)) * 100
    assert amount.denominator == 1
    return amount.numerator


def rounded(exact, unit=1, mode="half_up"):
    units = exact / unit
    floor = units.numerator // units.denominator
    up = {"down": False, "up": units > floor, "half_up": units - floor >= Fraction(1, 2)}[mode]
    return (floor + up) * unit


def by(exact, rule):
    return rounded(exact, fen(rule["unit"]), rule["mode"])


class Pack:
    def __init__(self, policies, name):
        self.topics = {}
        layers = []
        while name:
            layers.insert(0, policies / name)
            about = tomllib.loads((policies / name / "pack.toml").read_text("utf-8"))
            name = about.get("over")
        for layer, folder in enumerate(layers):
            for path in sorted(folder.glob("*.toml")):
                if path.name in ("pack.toml", "instruments.toml"):
                    continue
                for topic, entries in tomllib.loads(path.read_text("utf-8")).items():
                    if topic != "checked_on":
                        self.topics.setdefault(topic, []).extend((layer, e) for e in entries)

    def on(self, topic, day, known):
        entries = [
            (layer, str(e["from"]), str(e["published"]), e)
            for layer, e in self.topics.get(topic, [])
            if str(e["from"]) <= day and str(e["published"]) <= known
        ]
        for *_, e in sorted(entries, key=lambda entry: entry[:3], reverse=True):
            if str(e.get("until", "9999-12-31")) >= day:
                return e["value"]
            if not e.get("reverts", False):
                break
        raise LookupError("not_encoded")

    def limits(self, branch, day, known):
        kind, inner = next(iter(self.on(branch + "_base", day, known).items()))
        if kind == "tiers":
            return "tiers", [fen(tier) for tier in inner]
        if kind == "range":
            return inner["outside"], [fen(inner["floor"]), fen(inner["cap"])]
        if kind == "same_as":
            return self.limits(inner, day, known)
        if kind == "floor_of":
            return "fixed", self.limits(inner, day, known)[1][:1]
        return "fixed", [0 if kind == "nothing" else fen(inner)]


def base_of(limits, chosen):
    kind, amounts = limits
    if kind == "fixed":
        return amounts[0]
    if kind == "clamp":
        return min(max(chosen, amounts[0]), amounts[-1])
    if chosen < amounts[0]:
        raise LookupError("base_must_reach_floor")
    if chosen > amounts[-1]:
        raise LookupError("base_must_not_exceed_cap")
    if kind == "tiers" and chosen not in amounts:
        raise LookupError("base_must_be_tier")
    return chosen


def charge(pack, month, known, branch, chosen):
    day = month + "-01"
    if branch not in pack.on("open_branches", day, known)["open"]:
        raise LookupError("branch_must_be_open")
    limits, parts = pack.limits(branch, day, known), pack.on(branch + "_charge", day, known)
    base = base_of(limits, chosen)
    amount = account = 0
    for part in parts:
        if "sum" in part:
            amount += fen(part["sum"])
            continue
        whole = by(base * fraction(part["rate"]), part["round"])
        amount += whole
        account += min(whole, rounded(base * fraction(part.get("account", "0"))))
    return [base, amount, account]


def interest(pack, principal, month, paid_on, years):
    owed, paid = int(month[:4]), int(paid_on[:4])
    factor = Fraction(1)
    for year in range(owed + (years == "after_the_months_year"), paid):
        factor *= 1 + fraction(pack.on("crediting_rate", f"{year}-01-01", paid_on))
    return [rounded(principal * factor - principal)]


def account(pack, year, opening, monthly, known, deposits):
    rate = fraction(pack.on("crediting_rate", f"{year}-01-01", known))
    months = {"from_the_month_after": 66, "from_their_month": 78, "not_in_their_year": 0}
    return [rounded(opening * rate), rounded(monthly * months[deposits] * rate / 12)]


def pension(pack, base, index, months, balance, age_months, on):
    formula, table = pack.on("pension_formula", on, on), pack.on("divisors", on, on)
    age, over = divmod(age_months, 12)
    divisor = Fraction(table["months"][age - table["first_age"]])
    if over and table["between_ages"] == "by_month":
        later = table["months"][age + 1 - table["first_age"]]
        divisor = Fraction(rounded((divisor - (divisor - later) * over / 12) * 10), 10)
    exact = (base + base * Fraction(index)) / 2 * Fraction(months, 12)
    basic = by(exact * fraction(formula["per_year"]), formula["part_round"])
    paid = by(balance / divisor, formula["part_round"])
    return [basic, paid, by(Fraction(basic + paid), formula["total_round"])]


def main():
    policies, packs = Path(sys.argv[1]), {}
    kinds = {"charge": charge, "interest": interest, "account": account, "pension": pension}
    for line in sys.stdin:
        kind, name, *question = json.loads(line)
        if name not in packs:
            packs[name] = Pack(policies, name)
        try:
            answer = kinds[kind](packs[name], *question)
        except LookupError as refusal:
            answer = refusal.args[0]
        print(json.dumps(answer))


main()
