"""Judges our GEDCOM exports: PyPI gedcom7 validates those of version 7, Gramps (PyPI gramps, and gramps-gedcom7 for
version 7) must read the same people, families and parent links from an export as from its original.

Usage: judge_gedcom.py ORIGINALS EXPORTS. Exports are named after their original: tree.ged.5.ged and tree.ged.7.ged.
Prints one line a file and judge; ends with 1 if a file was found wrong. A judge that is not installed is told.
"""

import contextlib
import io
import sys
import zipfile
from collections import Counter
from pathlib import Path


def bytes_of(path):
    if path.suffix.lower() == ".gdz":
        return zipfile.ZipFile(path).read("gedcom.ged")
    return path.read_bytes()


def is_version_7(data):
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.decode("utf-16").encode()
    return b"2 VERS 7" in data[:4096]


def judge_with_gedcom7(data):
    import gedcom7

    errors = gedcom7.validate(gedcom7.load(io.BytesIO(data)))
    return [f"{error.path}: {error.message}" for error in errors]


def read_with_gramps(path, data, folder):
    """The database that Gramps makes of a file, or None."""
    from gramps.cli.user import User
    from gramps.gen.db.utils import import_as_dict, make_database

    silence = io.StringIO()
    with contextlib.redirect_stdout(silence), contextlib.redirect_stderr(silence):
        if is_version_7(data):
            from gramps_gedcom7.importer import import_gedcom

            database = make_database("sqlite")
            database.load(":memory:")
            text = data.decode("utf-8-sig", "replace")
            import_gedcom(io.StringIO(text), database)
            return database
        copy = folder / "judged.ged"
        copy.write_bytes(data)
        return import_as_dict(str(copy), User())


def seen_by_gramps(database, in_order):
    """People by name and sex, families by partners and children with their natures, each counted. `in_order`: with the
    words of a name in the order of the alphabet."""
    names = {}
    people = Counter()
    for person in database.iter_people():
        name = person.get_primary_name()
        surname = " ".join(part.get_surname() for part in name.get_surname_list())
        words = f"{name.get_first_name()} {surname} {name.get_suffix()}".split()
        name = " ".join(sorted(words) if in_order else words)
        names[person.handle] = name
        people[name, person.get_gender()] += 1
    families = Counter()
    for family in database.iter_families():
        children = sorted(
            (names.get(child.ref, "?"), str(child.get_father_relation()), str(child.get_mother_relation()))
            for child in family.get_child_ref_list()
        )
        partners = [names.get(one, "") for one in (family.get_father_handle(), family.get_mother_handle())]
        families[tuple(partners), tuple(children)] += 1
    return people, families


class Unjudged(Exception):
    """The judge cannot read the original."""


def judge_with_gramps(export, original, folder):
    # Of `NAME /Family/ Personal` Gramps' reader of 5.5.1 takes the last word as given name, gramps-gedcom7 as suffix.
    in_order = is_version_7(export[1]) != is_version_7(original[1])
    try:
        first = seen_by_gramps(read_with_gramps(*original, folder), in_order)
    except Exception as error:
        raise Unjudged(f"Gramps cannot read the original ({type(error).__name__}: {error})") from error
    second = seen_by_gramps(read_with_gramps(*export, folder), in_order)
    if is_version_7(export[1]) or is_version_7(original[1]):
        # gramps-gedcom7 does not read how a child belongs to a family.
        first, second = without_natures(first), without_natures(second)
    found = []
    for word, one, two in zip(["person", "family"], first, second):
        found += [f"{word} only in the original: {key}" for key in (one - two)]
        found += [f"{word} only in the export: {key}" for key in (two - one)]
    return found


def without_natures(seen):
    people, families = seen
    plain = Counter()
    for (partners, children), count in families.items():
        plain[partners, tuple(child[0] for child in children)] += count
    return people, plain


def is_installed(name):
    try:
        __import__(name)
        return True
    except ImportError as error:
        name = name.split(".")[0].replace("_", "-")
        print(f"{name}: absent, so it judged nothing ({error}; pip install {name})")
        return False


def main(originals, exports, folder):
    has_gedcom7 = is_installed("gedcom7")
    has_gramps = is_installed("gramps.gen.db.utils") and is_installed("gramps_gedcom7")
    wrong = 0
    judged = Counter()
    for path in sorted(Path(originals).rglob("*")):
        for version in "57":
            export = Path(exports) / f"{path.name}.{version}.ged"
            if path.suffix.lower() not in (".ged", ".gdz") or not export.exists():
                continue
            data = export.read_bytes()
            judges = []
            if version == "7" and has_gedcom7:
                judges.append(("gedcom7", lambda: judge_with_gedcom7(data)))
            if has_gramps:
                original = path, bytes_of(path)
                judges.append(("gramps", lambda: judge_with_gramps((export, data), original, folder)))
            for name, judge in judges:
                try:
                    found = judge()
                except Unjudged as reason:
                    judged[name, "not judged"] += 1
                    print(f"{name}: {export.name}: not judged: {reason}")
                    continue
                except Exception as error:
                    found = [f"{type(error).__name__}: {error}"]
                wrong += bool(found)
                judged[name, "wrong" if found else "good"] += 1
                print(f"{name}: {export.name}: {'good' if not found else '; '.join(found[:4])}")
    for (name, word), count in sorted(judged.items()):
        print(f"{name}: {count} {word}")
    return 1 if wrong else 0


if __name__ == "__main__":
    import tempfile

    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(main(sys.argv[1], sys.argv[2], Path(folder)))
