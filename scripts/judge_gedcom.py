"""Judges the GEDCOM files of a folder: PyPI gedcom7 validates those of version 7, PyPI gramps reads all.

Prints one line a file and judge; ends with 1 if a file was found wrong. A judge that is not installed is told.
"""

import sys
from pathlib import Path


def is_version_7(path):
    return b"2 VERS 7" in path.read_bytes()[:4096]


def judge_with_gedcom7(path):
    import gedcom7

    with open(path, "rb") as file:
        errors = gedcom7.validate(gedcom7.load(file))
    return [f"{error.path}: {error.message}" for error in errors]


def counted(path):
    people, families, links = 0, 0, 0
    record = ""
    for line in path.read_text("utf-8-sig", "replace").splitlines():
        words = line.split()
        if words[:1] == ["0"]:
            record = words[-1]
            people += record == "INDI"
            families += record == "FAM"
        elif words[:2] == ["1", "CHIL"] and record == "FAM":
            links += words[2] != "@VOID@"
    return people, families, links


def judge_with_gramps(path):
    from gramps.cli.user import User
    from gramps.gen.db.utils import import_as_dict

    database = import_as_dict(str(path), User())
    if database is None:
        return ["it cannot be read"]
    links = sum(len(family.get_child_ref_list()) for family in database.iter_families())
    read = database.get_number_of_people(), database.get_number_of_families(), links
    written = counted(path)
    return [] if read == written else [f"people, families, children: read {read}, written {written}"]


def main(folder):
    judges = []
    for name, judge, is_for in [
        ("gedcom7", judge_with_gedcom7, is_version_7),
        ("gramps.gen.db.utils", judge_with_gramps, lambda path: not is_version_7(path)),
    ]:
        try:
            __import__(name)
            judges.append((name.split(".")[0], judge, is_for))
        except ImportError as error:
            name = name.split(".")[0]
            print(f"{name}: absent, so it judged nothing ({error}; pip install {name})")
    wrong = 0
    for path in sorted(Path(folder).rglob("*.ged")):
        for name, judge, is_for in judges:
            if not is_for(path):
                continue
            try:
                found = judge(path)
            except Exception as error:
                found = [f"{type(error).__name__}: {error}"]
            wrong += bool(found)
            print(f"{name}: {path.name}: {'good' if not found else '; '.join(found[:5])}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
