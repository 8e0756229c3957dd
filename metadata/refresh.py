#!/usr/bin/env python3
"""Writes plans.tsv and countries.tsv from published packages.

    python3 -m venv /tmp/refresh && /tmp/refresh/bin/pip install phonenumbers==9.0.42 babel==2.17.0
    /tmp/refresh/bin/python metadata/refresh.py metadata

`phonenumbers` carries Google's metadata of libphonenumber under its own version number; take the version that the
reference library of the tests carries (`rlibphonenumber`, see its readme), so that the two can be compared.
`babel` carries the country names of Unicode's CLDR.
"""
import sys
import unicodedata
from pathlib import Path

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


def lengths(numbers):
    return ",".join(str(n) for n in numbers if n > 0)


def plans():
    yield "# Numbering plans of all countries, from the metadata of Google's libphonenumber (Apache License 2.0),"
    yield "# taken from the Python package `phonenumbers` by metadata/refresh.py. See NOTICE. Not to be edited by hand."
    yield "# region CODE CALLING_CODE  begins a region; the first of a calling code is its main one"
    yield "# exit PATTERN              international dialling prefix"
    yield "# trunk PATTERN [RULE]      national dialling prefix, and what a captured group becomes"
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
            if meta.leading_digits:
                yield f"leading\t{meta.leading_digits}"
            for kind in ["general_desc", *KINDS]:
                desc = getattr(meta, kind)
                if desc is None or not desc.national_number_pattern:
                    continue
                local = lengths(desc.possible_length_local_only) if kind == "general_desc" else ""
                name = "general" if kind == "general_desc" else kind
                yield f"{name}\t{lengths(desc.possible_length)}\t{local}\t{desc.national_number_pattern}"


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


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    (folder / "plans.tsv").write_text("\n".join(plans()) + "\n")
    (folder / "countries.tsv").write_text("\n".join(countries()) + "\n")
