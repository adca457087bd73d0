#!/usr/bin/env python3
"""Writes data/names/syllabics.toml: Canadian syllabics in Latin letters, after the names that Unicode gives them.

    scripts/compile_syllabics.py > data/names/syllabics.toml

CANADIAN SYLLABICS KA is "ka"; words such as FINAL, WEST-CREE or CARRIER only tell where a sign is used.
"""

import re
import unicodedata
from collections import defaultdict

signs = defaultdict(str)
for code in [*range(0x1400, 0x1680), *range(0x18B0, 0x1900)]:
    name = unicodedata.name(chr(code), "")
    sound = name.removeprefix("CANADIAN SYLLABICS ").split(" ")[-1]
    if not name.startswith("CANADIAN SYLLABICS ") or "HYPHEN" in name or "SIGN" in name or "STOP" in name:
        continue
    if re.fullmatch(r"[A-Z]{1,4}", sound) and sound not in ("DOT", "RING", "PLUS", "STROKE", "ACUTE", "GRAVE", "TICK"):
        signs[sound.lower()] += chr(code)
# The finals that Unicode names after their shape, as Western Cree writes them.
shapes = {0x1420: "k", 0x1423: "n", 0x1426: "h", 0x142A: "t", 0x1422: "s", 0x1421: "sh", 0x1428: "ch", 0x1429: "y",
          0x1424: "w", 0x1427: "w", 0x1466: "t"}
for code, sound in shapes.items():
    for known in signs:
        signs[known] = signs[known].replace(chr(code), "")
    signs[sound] += chr(code)
print('# Canadian syllabics in Latin letters. Source: the character names of Unicode %s (Unicode licence); the finals' %
      unicodedata.unidata_version)
print("# named after their shape as in Western Cree. Made by scripts/compile_syllabics.py.\n\n[syllabics]")
for sound in sorted(signs):
    if signs[sound]:
        print(f'{sound} = "{signs[sound]}"')
