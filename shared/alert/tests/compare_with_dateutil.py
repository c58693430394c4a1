#!/usr/bin/env python3
"""Compares recurrences with Python's dateutil over random rules. The nightly workflow does it; by hand:

    python -m venv target/dateutil && target/dateutil/bin/pip install python-dateutil tzdata
    target/dateutil/bin/python shared/alert/tests/compare_with_dateutil.py [how many rules] [seed]
"""

import random
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kolkata"]
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
COUNT = 12


def rule(dice):
    freq = dice.choice(["DAILY", "WEEKLY", "MONTHLY"])
    parts = [f"FREQ={freq}"]
    if dice.random() < 0.5:
        parts.append(f"INTERVAL={dice.choice([1, 2, 3, 5, 12, 52])}")
    has_days = dice.random() < 0.6
    if has_days:
        days = dice.sample(DAYS, dice.randint(1, 5))
        if freq == "MONTHLY" and dice.random() < 0.5:
            days = [f"{dice.choice([1, 2, 3, 4, 5, -1, -2, -5])}{day}" for day in days]
        parts.append("BYDAY=" + ",".join(days))
    if freq != "WEEKLY" and dice.random() < 0.3:
        month_days = dice.sample([1, 2, 13, 28, 29, 30, 31, -1, -2, -31], dice.randint(1, 3))
        parts.append("BYMONTHDAY=" + ",".join(map(str, month_days)))
    if has_days and dice.random() < 0.3:
        parts.append(f"BYSETPOS={dice.choice([1, -1])}")
    if dice.random() < 0.3:
        parts.append(f"WKST={dice.choice(DAYS)}")
    until = None
    if dice.random() < 0.2:
        parts.append(f"COUNT={dice.randint(1, 9)}")
    elif dice.random() < 0.3:
        until = dice.randint(1, 400)
    return ";".join(parts), until


def expected(text, start, zone, until):
    bound = start + timedelta(days=11 * 365)
    found = []
    for local in rrulestr(text, dtstart=start):
        if local > bound or len(found) == COUNT:
            break
        # In a gap the offset before counts, of two the first.
        moment = local.replace(tzinfo=zone, fold=0).astimezone(timezone.utc)
        if until is not None and moment > until:
            break
        found.append(int(moment.timestamp()))
    return found


def bounded(text, start):
    """dateutil looks for an occurrence until the year 9999."""
    if "COUNT" in text:
        return text
    end = start + timedelta(days=11 * 365)
    return f"{text};UNTIL={end:%Y%m%dT%H%M%S}"


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    dice = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    lines, wanted = [], []
    while len(lines) < count:
        text, until_days = rule(dice)
        zone = dice.choice(ZONES)
        start = datetime(2026, 1, 1) + timedelta(minutes=15 * dice.randint(0, 4 * 24 * 365 * 2))
        first = int(start.replace(tzinfo=ZoneInfo(zone), fold=0).timestamp())
        # A start that is not there is another moment: silences keep moments.
        if datetime.fromtimestamp(first, ZoneInfo(zone)).replace(tzinfo=None) != start:
            continue
        until, ours = None, text
        if until_days is not None:
            until = datetime.fromtimestamp(first, timezone.utc) + timedelta(days=until_days)
            ours = f"{text};UNTIL={until:%Y%m%dT%H%M%SZ}"
        lines.append(f"{ours} {zone} {start:%Y-%m-%dT%H:%M} {COUNT}")
        wanted.append(expected(bounded(text, start), start, ZoneInfo(zone), until))
    command = ["cargo", "run", "--quiet", "-p", "alert", "--example", "occurrences"]
    answer = subprocess.run(command, input="\n".join(lines) + "\n", capture_output=True, text=True, check=True)
    wrong = 0
    for line, want, got in zip(lines, wanted, answer.stdout.split("\n")):
        start = datetime.fromisoformat(line.split(" ")[2])
        end = (start + timedelta(days=11 * 365)).replace(tzinfo=timezone.utc).timestamp() - 86400
        got = [int(moment) for moment in got.split()]
        if [moment for moment in got if moment < end] != [moment for moment in want if moment < end]:
            wrong += 1
            if wrong <= 10:
                print("differs:", line, "\n  dateutil", want, "\n  ours    ", got)
    print(f"{len(lines)} rules, {wrong} differ")
    sys.exit(1 if wrong else 0)


main()
