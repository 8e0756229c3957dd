"""Random contacts: what people are called, and what has broken readers before."""

import random

FIRST = ["Zoë", "José", "Łukasz", "Øyvind", "Ahmed أحمد", "李雷", "Неля", "D'Arcy", "Ann \"Nan\"", "Jean-Luc", "Null", "O’Neil", "Ayşe", "Žofie"]
LAST = ["Müller", "Śarmā", "de la Cruz", "Smith, Jr.", "van 't Hof", "Groß; Co", "علي", "Иванова", "Nan", "R&D", "<b>", "Ångström", "Lima|Souza"]
TAGS = ["vip", "new leads", "München", "R&D", "عميل", "2026", "a/b"]
# Numbers that are valid whatever their last digits are, as people write them; the national ones are German.
PHONES = [
    ("+4915123456{:03}", "+4915123456{:03}"),
    ("0151 23457{:03}", "+4915123457{:03}"),
    ("+91987654{:04}", "+91987654{:04}"),
    ("+55 11 98765-{:04}", "+551198765{:04}"),
    ("00447400123{:03}", "+447400123{:03}"),
    ("+9665012{:05}", "+9665012{:05}"),
]


def contacts(seed, count=60):
    """Name, phone as written, phone as meant, e-mail address or nothing, tags."""
    chance = random.Random(seed)
    found = []
    for number in range(count):
        name = chance.choice(FIRST) + chance.choice([" ", "  ", "\n", " "]) + chance.choice(LAST)
        written, meant = chance.choice(PHONES)
        email = f"user{number}@example.org" if chance.random() < 0.7 else ""
        tags = chance.sample(TAGS, chance.randint(0, 3))
        found.append((name, written.format(number), meant.format(number), email, tags))
    return found
