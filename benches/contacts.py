#!/usr/bin/env python3
"""Writes made-up contacts from all over the world, for measuring: the same bytes for the same arguments.

    contacts.py ROWS FILE

FILE ends in .csv, .ndjson, .json or .xlsx. One row in a hundred is invalid, two repeat the phone of an earlier one, two in ten
of a CSV have quotes. The numbers follow patterns of valid mobile numbers and are never dialled. Plain Python, no packages.
"""
import json
import random
import sys
import zipfile
from xml.sax.saxutils import escape

# Country, calling code, first digits of the national number, free digits, weight.
COUNTRIES = [
    ("IN", "91", "98", 8, 26), ("BR", "55", "119", 8, 10), ("ID", "62", "812", 8, 9), ("US", "1", "2024", 6, 2),
    ("US", "1", "3124", 6, 2), ("US", "1", "4154", 6, 2), ("MX", "52", "55", 8, 5), ("NG", "234", "803", 7, 5),
    ("EG", "20", "10", 8, 5), ("TR", "90", "532", 7, 4), ("RU", "7", "916", 7, 4), ("PK", "92", "301", 7, 4),
    ("DE", "49", "1512", 7, 3), ("GB", "44", "7400", 6, 3), ("ES", "34", "61", 7, 3), ("IT", "39", "347", 7, 3),
    ("FR", "33", "61", 7, 2), ("ZA", "27", "82", 7, 2), ("AE", "971", "50", 7, 2), ("SA", "966", "50", 7, 2),
    ("JP", "81", "901", 7, 1), ("CN", "86", "1381", 7, 1),
]
NAMES = {
    "latin": ("Ana Bruno Carla Diego Elena Felipe Giulia Hugo Ines João Klara Luca Marta Nils Olga Pablo Rosa Sven "
              "Thaís Ugo Vera Zoë François Müge Łukasz Siân Åsa Renée".split(),
              "Silva Rossi Müller García O'Brien Nowak Lefèvre Jansen Öberg Costa Fernández Smith Yılmaz Çelik Novák "
              "Ferrari Dubois Weiß Ibáñez Conceição McKay".split()),
    "hi": ("अमित नेहा राजेश प्रिया संजय कविता विजय अनीता दीपक सुनीता".split(), "शर्मा वर्मा पटेल सिंह यादव गुप्ता नायर राव".split()),
    "ar": ("أحمد ليلى محمد فاطمة خالد مريم يوسف نور حسن سارة".split(), "حسن علي إبراهيم منصور السيد الهاشمي ناصر".split()),
    "zh": ("小明 芳 伟 娜 静 强 磊 洋 艳 勇".split(), "王 李 张 刘 陈 杨 赵 黄".split()),
    "ru": ("Анна Иван Ольга Пётр Мария Сергей Елена Дмитрий".split(), "Иванова Петров Смирнова Кузнецов Попова Соколов".split()),
    "ja": ("花子 太郎 結衣 蓮 陽菜 翔".split(), "佐藤 鈴木 高橋 田中 渡辺".split()),
}
SCRIPTS = {"IN": ("latin", "hi"), "EG": ("ar", "latin"), "SA": ("ar",), "AE": ("ar", "latin"), "RU": ("ru",),
           "CN": ("zh",), "JP": ("ja",)}
CITIES = ["Pune", "São Paulo", "Jakarta", "Springfield, IL", "Ciudad de México", "Lagos", "القاهرة", "İstanbul", "Москва",
          "Lahore", "Köln", "Leeds", "A Coruña", "Torino", "Lyon", "Cape Town", "دبي", "東京", "北京", ""]
PLANS = ["free", "basic", "gold", "platinum", "", 'gold "plus"']
TAGS = ["vip", "lead", "newsletter", "expo 24", "retail", "wholesale", "north", "süd", "hot", "नया"]
DATES = [f"202{y}-{m:02d}-{d:02d}" for y in (4, 5) for m in range(1, 13) for d in (1, 9, 17, 28)]
COLUMNS = ["name", "email", "prefix", "phone", "tags", "city", "plan", "last_order"]
# Rows that cannot be sent: the calling code (None: that of the country) and the number.
INVALID = [(None, ""), (None, "unknown"), (None, "123"), (None, 18 * "9"), ("999", "9812345678")]


def walks(rnd):
    """For each country a walk over its free digits that meets every number once, and the countries by weight."""
    walks, wheel = [], []
    for country, (*_, free, weight) in enumerate(COUNTRIES):
        size = 10 ** free
        step = rnd.randrange(size // 3, size // 2) | 1
        while step % 5 == 0:
            step += 2
        walks.append([rnd.randrange(size), step, size, size])
        wheel += weight * [country]
    rnd.shuffle(wheel)
    return walks, 7 * wheel


def names_of(rnd, country):
    for script in SCRIPTS.get(country, ("latin",)):
        given, family = NAMES[script]
        for _ in range(400):
            first, last, kind = rnd.choice(given), rnd.choice(family), rnd.random()
            if script in ("zh", "ja"):
                yield last + first
            elif script == "latin" and kind < 0.03:
                yield f"{last}, {first}"
            elif script == "latin" and kind < 0.04:
                yield f'{first} "{first[:2]}" {last}'
            else:
                yield f"{first} {last}"


def contacts(rows):
    """Name, e-mail, calling code, number, tags, city, plan and date of each row."""
    rnd = random.Random(20_260_101)
    number_walks, wheel = walks(rnd)
    names = [list(names_of(rnd, country[0])) for country in COUNTRIES]
    tags = [tuple(rnd.sample(TAGS, rnd.choice((0, 0, 1, 1, 2, 3)))) for _ in range(200)]
    random_, earlier = rnd.random, []
    for row in range(rows):
        country, kind, other = wheel[row % len(wheel)], random_(), random_()
        name = names[country][int(random_() * len(names[country]))]
        email = "" if other < 0.08 else f"user{row}@example.{('com', 'org', 'net')[row % 3]}"
        if kind < 0.01:
            code, number = INVALID[row % len(INVALID)]
            code = code or COUNTRIES[country][1]
        elif kind < 0.03 and earlier:
            code, number = earlier[int(random_() * len(earlier))]
        else:
            if number_walks[country][3] == 0:
                country = max(range(len(number_walks)), key=lambda country: number_walks[country][3])
            walk = number_walks[country]
            walk[0] = (walk[0] + walk[1]) % walk[2]
            walk[3] -= 1
            _, code, first, free, _ = COUNTRIES[country]
            number = first + str(walk[0]).zfill(free)
            if len(earlier) < 4096:
                earlier.append((code, number))
            elif other < 0.3:
                earlier[int(random_() * 4096)] = (code, number)
        yield (name, email, code, number, tags[row % len(tags)], CITIES[int(random_() * len(CITIES))],
               PLANS[int(other * len(PLANS))], DATES[row % len(DATES)])


class Known(dict):
    """What was made of a text before."""

    def __init__(self, make):
        self.make = make

    def __missing__(self, key):
        made = self[key] = self.make(key)
        return made


def csv(rows):
    quoted = Known(lambda text: f'"{text.replace(chr(34), 2 * chr(34))}"' if '"' in text or "," in text else text)
    yield ",".join(COLUMNS) + "\n"
    for name, email, code, number, tags, city, plan, date in contacts(rows):
        yield f"{quoted[name]},{email},{code},{number},{'|'.join(tags)},{quoted[city]},{quoted[plan]},{date}\n"


def objects(rows):
    json_of = Known(lambda value: json.dumps(value, ensure_ascii=False))
    for name, email, code, number, tags, city, plan, date in contacts(rows):
        yield (f'{{"name":{json_of[name]},"email":"{email}","prefix":"{code}","phone":"{number}","tags":{json_of[tags]},'
               f'"attributes":{{"city":{json_of[city]},"plan":{json_of[plan]},"last_order":"{date}"}}}}')


def array(rows):
    yield "[\n"
    for row, text in enumerate(objects(rows)):
        yield text if row == 0 else ",\n" + text
    yield "\n]\n"


XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
FORMAT = "http://schemas.openxmlformats.org"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
RELATION = f"{FORMAT}/officeDocument/2006/relationships"


def workbook(rows, path):
    """A workbook as Excel writes one: texts shared, numbers as numbers."""
    places = Known(lambda text: len(places))

    def cell(column, row, text):
        place = f"{chr(65 + column)}{row}"
        if column in (2, 3) and text.isdigit() and len(text) < 16:
            return f'<c r="{place}"><v>{text}</v></c>'
        return f'<c r="{place}" t="s"><v>{places[text]}</v></c>'

    def line(row, cells):
        return f'<row r="{row}">{"".join(cell(column, row, text) for column, text in enumerate(cells) if text)}</row>'

    texts = ([*row[:4], "|".join(row[4]), *row[5:]] for row in contacts(rows))
    lines = line(1, COLUMNS) + "".join(line(row, cells) for row, cells in enumerate(texts, 2))
    strings = "".join(f"<si><t>{escape(text)}</t></si>" for text in places)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{FORMAT}/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPE}.worksheet+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{TYPE}.sharedStrings+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{FORMAT}/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{FORMAT}/spreadsheetml/2006/main" xmlns:r="{RELATION}">'
        '<sheets><sheet name="Contacts" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{FORMAT}/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{RELATION}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{RELATION}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{FORMAT}/spreadsheetml/2006/main" uniqueCount="{len(places)}">{strings}</sst>',
        "xl/worksheets/sheet1.xml":
        f'<worksheet xmlns="{FORMAT}/spreadsheetml/2006/main"><sheetData>{lines}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, XML + part)


def main():
    rows, path = int(sys.argv[1]), sys.argv[2]
    kind = path.rsplit(".", 1)[-1]
    if kind == "xlsx":
        return workbook(rows, path)
    texts = {"csv": csv, "ndjson": lambda rows: (text + "\n" for text in objects(rows)), "json": array}[kind]
    with open(path, "w", encoding="utf-8", newline="", buffering=1 << 20) as out:
        out.writelines(texts(rows))


if __name__ == "__main__":
    main()
