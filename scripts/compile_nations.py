#!/usr/bin/env python3
"""Compiles data/nations/nations.csv and names.csv from the public lists of bands in a folder.

    scripts/compile_nations.py FOLDER [OUT]

FOLDER holds canada_first_nations.csv, bc_first_nations_names.csv and bc_community_locations.csv (data/nations/README.md
says where they come from). OUT is data/nations unless given. Names of one nation in several lists are joined where
they are the same but for case, marks and words such as "Indian Band"; the rest stands in joined_by_eye.csv.
"""

import csv
import re
import sys
import tomllib
import unicodedata
from collections import defaultdict
from difflib import SequenceMatcher
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent / "data" / "nations"
NATION_WORDS = set(
    "band first nation nations indian tribe tribes tribal council government village the of bande premiere des de la "
    "les conseil administration community hereditary chiefs".split()
)
# The numbers that the federal department gave out region by region, read off the coordinates of the list.
REGIONS = [(1, 2, "PE"), (3, 17, "NB"), (18, 30, "NS"), (32, 47, "NL"), (50, 95, "QC"), (120, 259, "ON"),
           (260, 329, "MB"), (340, 409, "SK"), (430, 479, "AB"), (490, 509, "YT"), (530, 729, "BC"), (750, 789, "NT")]


def rows(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return [{key: clean(value or "") for key, value in row.items()} for row in csv.DictReader(file)]


def clean(text):
    """Without signs of private use and odd spaces; a question mark before a letter is a lost glottal stop."""
    text = "".join(" " if unicodedata.category(c) in ("Co", "Zs") else c for c in text)
    text = re.sub(r"\?(?=\w)", "ʔ", text)
    return " ".join(unicodedata.normalize("NFC", text).split())


def core(text):
    """What is left of a name without case, marks and words that any nation's name may have."""
    text = unicodedata.normalize("NFKD", text.replace("¢", "c")).lower()
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = re.sub(r"['’‘ʔ:7]", "", text).replace("ł", "l")
    return "".join(word for word in re.findall(r"[a-z0-9]+", text) if word not in NATION_WORDS)


def split(text):
    """The names in one cell: "Tla'amin Nation (Sliammon)" holds two."""
    found = re.match(r"(.*?)\((.*?)\)(.*)", text)
    if not found:
        return [text] if text else []
    return [clean(found[1] + " " + found[3]), clean(found[2])]


def read_peoples():
    with open(HERE / "peoples.toml", "rb") as file:
        peoples = tomllib.load(file)["people"]
    return {listed: people["id"] for people in peoples for listed in people.get("listed_as", [])}


class Compilation:
    def __init__(self):
        self.nations = {}
        self.names = defaultdict(dict)
        self.by_core = defaultdict(set)
        self.joined = {(row["list"], row["name"]): row["id"] for row in rows(HERE / "joined_by_eye.csv")}
        self.peoples = read_peoples()
        self.not_joined = []

    def add_name(self, id, name, kind, source):
        known = self.names[id].setdefault(name, [kind, []])
        if source not in known[1]:
            known[1].append(source)
        if core(name):
            self.by_core[core(name)].add(id)

    def find(self, source, cell, names):
        found = set().union(*(self.by_core.get(core(name), set()) for name in names))
        joined = self.joined.get((source, cell))
        if joined:
            found = {joined}
        if len(found) != 1:
            self.not_joined.append((source, cell, sorted(found)))
            return None
        return found.pop()

    def people_of(self, listed):
        parts = [listed] if listed in self.peoples else [part.strip() for part in re.split(r"[/&]", listed)]
        unknown = [part for part in parts if part and part not in self.peoples]
        if unknown:
            sys.exit(f"no people of peoples.toml is listed as {unknown}")
        return [self.peoples[part] for part in parts if part]

    def add_people(self, id, peoples):
        known = self.nations[id]["peoples"]
        known.extend(people for people in peoples if people not in known)


def read_federal(compiled, folder):
    for row in sorted(rows(folder / "canada_first_nations.csv"), key=lambda row: int(row["BAND_NUMBER"])):
        number = int(row["BAND_NUMBER"])
        name = row["BAND_NAME"].replace('Ahda" First', "Ahda First")
        if name.isupper():
            name = name.title().replace("'K", "'k")
        region = next(region for first, last, region in REGIONS if first <= number <= last)
        compiled.nations[str(number)] = {
            "number": number, "name": name, "region": region, "peoples": [], "languages": [],
            "latitude": f"{float(row['LATITUDE']):.3f}", "longitude": f"{float(row['LONGITUDE']):.3f}",
        }
        compiled.add_name(str(number), name, "current", "federal")


def read_provincial(compiled, folder):
    for row in rows(folder / "bc_community_locations.csv"):
        cell, preferred = row["FIRST_NATION_BC_NAME"], row["PREFERRED_NAME"]
        names = split(cell)
        id = compiled.find("bc-locations", cell, [*names, *split(preferred)])
        if not id:
            continue
        if preferred:
            compiled.add_name(id, preferred, "other", "bc-locations")
        for name in names:
            compiled.add_name(id, name, "other", "bc-locations")
        languages = compiled.nations[id]["languages"]
        for language in row["LANGUAGE_GROUP"].split(","):
            if clean(language) and clean(language) not in languages:
                languages.append(clean(language))


def read_census(compiled, folder):
    for row in rows(folder / "bc_first_nations_names.csv"):
        cell, second = row["first_nation_name_primary"], row["first_nation_name_secondary"]
        id = compiled.find("bc-names", cell, [cell, second])
        if not id:
            continue
        if id not in compiled.nations and id != "nisgaa":
            compiled.nations[id] = {"number": "", "name": second or cell, "region": "BC", "peoples": [],
                                    "languages": [], "latitude": "", "longitude": ""}
        for name in (cell, second):
            if name:
                compiled.add_name(id, name, "other", "bc-names")
        if id in compiled.nations:
            compiled.add_people(id, compiled.people_of(row["nation"]))


def read_peoples_off_names(compiled):
    """The people of a nation of which no list tells it, where its name has the people's name as one of its words."""
    for id, nation in compiled.nations.items():
        words = re.findall(r"[\w'’]+", nation["name"])
        if nation["peoples"] or len(words) == 1:
            continue
        for size in (2, 1):
            told = [" ".join(words[at:at + size]) for at in range(len(words) - size + 1)]
            compiled.add_people(id, [compiled.peoples[word] for word in told if word in compiled.peoples])


def mark_former(compiled):
    """A name is former if it calls the nation a band while the federal list, which is newer, has quite another name."""
    for id, nation in compiled.nations.items():
        for name, told in compiled.names[id].items():
            is_band = re.search(r"\bBand\b", name)
            likeness = SequenceMatcher(None, core(name), core(nation["name"])).ratio()
            if told[0] == "other" and is_band and likeness < 0.7:
                told[0] = "former"
        if nation["name"] in compiled.names[id]:
            compiled.names[id][nation["name"]][0] = "current"


def write(path, header, lines):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(lines)


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    folder, out = Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) == 3 else HERE
    compiled = Compilation()
    read_federal(compiled, folder)
    read_provincial(compiled, folder)
    read_census(compiled, folder)
    if compiled.not_joined:
        sys.exit("\n".join(["not joined; decide by eye in joined_by_eye.csv:", *map(str, compiled.not_joined)]))
    read_peoples_off_names(compiled)
    mark_former(compiled)
    nations = compiled.nations.items()
    write(out / "nations.csv",
          ["id", "number", "name", "region", "peoples", "languages", "latitude", "longitude"],
          [[id, nation["number"], nation["name"], nation["region"], ";".join(nation["peoples"]),
            ";".join(nation["languages"]), nation["latitude"], nation["longitude"]] for id, nation in nations])
    write(out / "names.csv", ["id", "name", "kind", "lists"],
          [[id, name, kind, ";".join(lists)] for id, _ in nations for name, (kind, lists) in compiled.names[id].items()])
    print(f"{len(compiled.nations)} nations, {sum(len(compiled.names[id]) for id, _ in nations)} names")


if __name__ == "__main__":
    main()
