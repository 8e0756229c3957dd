#!/usr/bin/env python3
"""Writes plans.tsv and countries.tsv from published packages.

    python3 metadata/refresh.py              rewrites metadata/ from the newest published metadata
    python3 metadata/refresh.py --plans FILE writes the plans alone, for `m1import --phone-metadata FILE`
    python3 metadata/refresh.py --check      says whether newer metadata than that of metadata/plans.tsv was published

The packages are installed into a temporary folder. `phonenumbers` carries Google's metadata of libphonenumber under
its own version number. The reference library of the tests may carry an older version: `--reference VERSION` writes
the countries whose plans differ from metadata/plans.tsv to tests/data/phone/reference.tsv.
`babel` carries the country names of Unicode's CLDR.
"""
import argparse
import os
import subprocess
import sys
import tempfile
import unicodedata
from pathlib import Path

BABEL = "babel==2.17.0"
ROOT = Path(__file__).resolve().parent.parent


def with_packages(version):
    """Runs this script again with the packages in a temporary folder, and ends."""
    wanted = f"phonenumbers=={version}" if version else "phonenumbers"
    with tempfile.TemporaryDirectory() as folder:
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-cache-dir", "--target", folder, wanted, BABEL]
        subprocess.run(install, check=True)
        again = subprocess.run([sys.executable, *sys.argv], env={**os.environ, "PYTHONPATH": folder, "REFRESH": "1"})
    sys.exit(again.returncode)


if os.environ.get("REFRESH"):
    import babel
    import phonenumbers
    from babel.core import get_global
    from babel.languages import get_official_languages
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

KINDS = [
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number",
    "voip", "pager", "uan", "voicemail",
]
# Languages in which country columns are met everywhere, beside each country's own.
LANGUAGES = ["en", "de", "fr", "es", "pt", "it", "nl", "id", "tr", "pl"]
# Names in common use that CLDR does not list, normalised as below.
COMMON = {
    "AT": ["oesterreich"], "AE": ["uae", "u a e", "emirates", "dubai", "الامارات"], "BA": ["bosnia"], "BN": ["brunei darussalam"], "BO": ["plurinational state of bolivia"],
    "BQ": ["bonaire"], "CD": ["drc", "dr congo", "democratic republic of the congo", "congo kinshasa", "zaire"],
    "CG": ["congo", "republic of the congo", "congo brazzaville"], "CI": ["ivory coast", "cote d ivoire"],
    "CN": ["prc", "people s republic of china", "mainland china"], "CV": ["cape verde", "cabo verde"],
    "CZ": ["czech republic", "czechia"], "FK": ["falklands"], "FM": ["micronesia"],
    "GB": ["uk", "u k", "great britain", "britain", "england", "scotland", "wales", "northern ireland"],
    "HK": ["hong kong", "香港"], "IR": ["islamic republic of iran"], "KN": ["st kitts", "saint kitts"],
    "KP": ["dprk", "democratic people s republic of korea"], "KR": ["korea", "republic of korea", "rok"],
    "LA": ["lao pdr", "lao people s democratic republic"], "LC": ["saint lucia"], "MD": ["republic of moldova"],
    "MK": ["macedonia", "north macedonia"], "MM": ["burma"], "MO": ["macau", "macao", "澳門", "澳门"], "NL": ["holland", "the netherlands"],
    "PS": ["palestine", "state of palestine"], "RU": ["russian federation"], "SA": ["ksa", "kingdom of saudi arabia", "saudi", "السعوديه", "السعودية"],
    "SY": ["syrian arab republic"], "SZ": ["swaziland", "eswatini"], "TL": ["east timor"], "TR": ["turkey", "turkiye"],
    "TT": ["trinidad", "tobago"], "TW": ["taiwan province of china"], "TZ": ["united republic of tanzania"],
    "US": ["usa", "u s a", "u s", "united states of america", "america", "estados unidos", "eeuu", "ee uu"],
    "VA": ["holy see", "vatican"], "VC": ["saint vincent"], "VE": ["bolivarian republic of venezuela"],
    "VG": ["bvi"], "VI": ["usvi"], "VN": ["viet nam", "vietnam"], "IN": ["bharat"],
}
# Lengths that the regulator allows where the metadata allows more.
LENGTHS = {
    # Mobile numbers of South Africa have nine digits (ICASA, National Numbering Plan Regulations 2016); the metadata lets
    # 8[1-4] have five to nine (google/libphonenumber#364 of its npm package).
    ("ZA", "mobile"): [9],
}


def lengths(numbers):
    return ",".join(str(n) for n in numbers if n > 0)


def plans():
    yield "# Numbering plans of all countries, from the metadata of Google's libphonenumber (Apache License 2.0),"
    yield "# taken from the Python package `phonenumbers` by metadata/refresh.py. See NOTICE. Not to be edited by hand."
    yield "# region CODE CALLING_CODE  begins a region; the first of a calling code is its main one"
    yield "# exit PATTERN              international dialling prefix"
    yield "# trunk PATTERN [RULE]      national dialling prefix, and what a captured group becomes"
    yield "# dialled DIGITS           what people dial before a national number; one digit or two"
    yield "# leading PATTERN           numbers of the calling code that begin so are of this region"
    yield "# KIND LENGTHS LOCAL PATTERN lengths of a national number, lengths dialled only locally, its form"
    yield f"version\t{phonenumbers.__version__}"
    for code, regions in sorted(COUNTRY_CODE_TO_REGION_CODE.items()):
        for region in regions:
            if region == "001":
                meta = PhoneMetadata.metadata_for_nongeo_region(code)
            else:
                meta = PhoneMetadata.metadata_for_region(region)
            yield f"region\t{region}\t{code}"
            if meta.international_prefix:
                yield f"exit\t{meta.international_prefix}"
            if meta.national_prefix_for_parsing:
                rule = meta.national_prefix_transform_rule
                yield f"trunk\t{meta.national_prefix_for_parsing}" + (f"\t{rule}" if rule else "")
            if meta.national_prefix:
                yield f"dialled\t{meta.national_prefix}"
            if meta.leading_digits:
                yield f"leading\t{meta.leading_digits}"
            for kind in ["general_desc", *KINDS]:
                desc = getattr(meta, kind)
                if desc is None or not desc.national_number_pattern:
                    continue
                local = lengths(desc.possible_length_local_only) if kind == "general_desc" else ""
                name = "general" if kind == "general_desc" else kind
                allowed = LENGTHS.get((region, kind), desc.possible_length)
                yield f"{name}\t{lengths(allowed)}\t{local}\t{desc.national_number_pattern}"


def normalised(name):
    """Lower case without accents and signs; `names.rs` does the same with what it is asked for."""
    text = "".join(c for c in unicodedata.normalize("NFKD", name.lower()) if unicodedata.category(c)[0] != "M")
    text = "".join(c for c in text if not "\u200b" <= c <= "\u200f").replace("&", " and ")
    return " ".join("".join(c if c.isalnum() else " " for c in text).split())


def countries():
    yield "# Names of countries: ISO code, three-letter code, English name, then normalised names separated by |."
    yield f"# From Unicode's CLDR by way of the Python package `babel` {babel.__version__}, by metadata/refresh.py. See NOTICE."
    three = {}
    for alias, codes in get_global("territory_aliases").items():
        if len(alias) == 3 and alias.isalpha() and len(codes) == 1:
            three.setdefault(codes[0], alias)
    three.update({"XK": "XKX", "TA": "TAA", "AC": "ASC", "RO": "ROU", "CD": "COD", "TL": "TLS", "ME": "MNE", "RS": "SRB", "GB": "GBR",
                  "US": "USA", "DE": "DEU", "FR": "FRA", "RU": "RUS", "YE": "YEM", "VN": "VNM", "MM": "MMR", "FI": "FIN", "CZ": "CZE"})
    english = babel.Locale("en").territories
    rows, taken = [], {}
    regions = sorted({r for rs in COUNTRY_CODE_TO_REGION_CODE.values() for r in rs if r != "001"})
    for region in regions:
        names = [english[region]]
        own = list(get_official_languages(region, de_facto=True))
        for language in [*LANGUAGES, *own]:
            try:
                territories = babel.Locale.parse(language).territories
            except babel.UnknownLocaleError:
                continue
            for key in (region, f"{region}-alt-short", f"{region}-alt-variant", f"{region}_alt_short"):
                if territories.get(key):
                    names.append(territories[key])
        normal = list(dict.fromkeys([*map(normalised, names), *COMMON.get(region, [])]))
        normal += [n.replace("saint ", "st ") for n in normal if n.startswith("saint ")]
        rows.append((region, three.get(region, ""), english[region], list(dict.fromkeys(n for n in normal if len(n) > 2 or n == "uk" or not n.isascii()))))
    for region, *_, names in rows:
        for name in names:
            taken.setdefault(name, set()).add(region)
    for region, alpha3, name, names in rows:
        # A name that two countries bear is nobody's.
        names = sorted(n for n in names if len(taken[n]) == 1 or n in COMMON.get(region, []))
        yield f"{region}\t{alpha3}\t{name}\t{'|'.join(names)}"


def blocks(lines):
    """The lines of each region, by region and calling code."""
    found, block = {}, []
    for line in lines:
        if line.startswith("region\t"):
            block = found.setdefault(line, [])
        block.append(line)
    return found


def write(path, lines):
    Path(path).write_text("\n".join(lines) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", help="this version of the metadata instead of the newest")
    parser.add_argument("--plans", metavar="FILE", help="write the plans alone")
    parser.add_argument("--reference", metavar="VERSION", help="write how the plans of this version differ")
    parser.add_argument("--check", action="store_true", help="say whether newer metadata was published; 1 if so")
    options = parser.parse_args()
    if not os.environ.get("REFRESH"):
        with_packages(options.reference or options.version)
    ours = (ROOT / "metadata" / "plans.tsv").read_text().splitlines()
    if options.check:
        built_in = next(line.split("\t")[1] for line in ours if line.startswith("version\t"))
        print(f"built in: {built_in}, newest: {phonenumbers.__version__}")
        sys.exit(built_in != phonenumbers.__version__)
    if options.reference:
        LENGTHS.clear()
        now, then = blocks(ours), blocks(plans())
        changed = [line for key in then if now.get(key) != then[key] for line in then[key]]
        write(ROOT / "tests/data/phone/reference.tsv", [f"version\t{phonenumbers.__version__}", *changed])
    elif options.plans:
        write(options.plans, plans())
    else:
        write(ROOT / "metadata" / "plans.tsv", plans())
        write(ROOT / "metadata" / "countries.tsv", countries())


if __name__ == "__main__":
    main()
