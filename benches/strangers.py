#!/usr/bin/env python3
"""How many numbers reach a stranger: random valid mobiles in four careless spellings, read by `m1import phone`.

    pip install phonenumbers; python3 benches/strangers.py target/release/m1import

For each default country, 300 numbers of a group: mobiles of other countries without +; own ones as calling code and
number without +; own ones without their trunk prefix; own ones with one digit dropped or doubled. A number that was
accepted as another one than it was made from went to a stranger; "mobile" says how many of these are mobiles of the
default country, which nobody can tell from a number of somebody there.
"""
import json
import random
import subprocess
import sys

import phonenumbers as lib

COUNTRIES = "DE AT ID IT MX FI SE HU ZA IN BR NG".split()
OTHERS = "IN BR ID MX US GB DE ES ZA NG AE KE PK FR IT PL TR EG SA CN JP PH VN CO AR UA NL CH".split()
GROUP = 300
MOBILE = {lib.PhoneNumberType.MOBILE, lib.PhoneNumberType.FIXED_LINE_OR_MOBILE}


def mobile(dice, region):
    """A random valid mobile: the example of the plan with its last digits drawn anew."""
    example = str(lib.example_number_for_type(region, lib.PhoneNumberType.MOBILE).national_number)
    while True:
        kept = dice.randint(1, 3)
        digits = example[:kept] + "".join(dice.choice("0123456789") for _ in example[kept:])
        number = lib.PhoneNumber(country_code=lib.country_code_for_region(region), national_number=int(digits))
        if lib.number_type(number) in MOBILE and lib.region_code_for_number(number) == region:
            return str(number.country_code), digits


def wrong(dice, digits):
    at = dice.randrange(len(digits))
    return digits[:at] + digits[at + 1 :] if dice.random() < 0.5 else digits[: at + 1] + digits[at:]


def cells(dice, country):
    """Four groups of pairs: what stands in the cell, and the number it was made from."""
    own = [mobile(dice, country) for _ in range(GROUP)]
    foreign = [mobile(dice, dice.choice([one for one in OTHERS if one != country])) for _ in range(GROUP)]
    trunk = {"HU": "06"}.get(country, "" if country in ("IT", "MX") else "0")
    return {
        "foreign without +": [(code + number, code + number) for code, number in foreign],
        "own code, no +": [(code + number, code + number) for code, number in own],
        "own, no trunk": [(number, code + number) for code, number in own],
        "own, a digit wrong": [(trunk + wrong(dice, number), code + number) for code, number in own],
    }


def main():
    program = sys.argv[1]
    print(f"{'':3} {'group':20} {'right':>6} {'refused':>8} {'stranger':>9} {'mobile':>7}")
    for country in COUNTRIES:
        dice = random.Random(country)
        for group, pairs in cells(dice, country).items():
            command = [program, "phone", "--output", "json", "--default-country", country]
            text = "\n".join(cell for cell, _ in pairs) + "\n"
            lines = subprocess.run(command, input=text, capture_output=True, text=True).stdout.splitlines()
            right = refused = stranger = mobiles = 0
            for (_, meant), line in zip(pairs, lines, strict=True):
                answer = json.loads(line)
                if "code" in answer:
                    refused += 1
                elif answer["prefix"] + answer["number"] == meant:
                    right += 1
                else:
                    stranger += 1
                    mobiles += answer["type"] in ("mobile", "fixed_line_or_mobile")
            print(f"{country:3} {group:20} {right:6} {refused:8} {stranger:9} {mobiles:7}")


main()
