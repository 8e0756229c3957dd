"""One function a writer: it writes the rows to a file, or says with None that it is not on this machine."""

import csv
import json
import os
import re
import shutil
import sqlite3
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
COLUMNS = ["Name", "Phone", "E-mail", "Tags"]
JARS = ":".join(f"/usr/share/java/{name}.jar" for name in ["ez-vcard", "vinnie", "jackson-core"])


def run(*words, **more):
    return subprocess.run(words, check=True, capture_output=True, timeout=300, **more)


def has(*programs):
    return all(shutil.which(program) for program in programs)


def cells(rows):
    return [[name, phone, email, ", ".join(tags)] for name, phone, _, email, tags in rows]


def plain_csv(rows, folder):
    path = folder / "plain.csv"
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([COLUMNS] + cells(rows))
    return path


def plain_json(rows, folder):
    path = folder / "plain.json"
    path.write_text(json.dumps([dict(zip(COLUMNS, row)) for row in cells(rows)], ensure_ascii=False), "utf-8")
    return path


def libreoffice(end, way=None):
    """Opens an .xlsx of text cells, and saves it in another format."""

    def write(rows, folder):
        if not has("soffice"):
            return None
        source = openpyxl(rows, folder)
        out = folder / "out"
        run("soffice", "--headless", f"-env:UserInstallation=file://{folder}/office", "--convert-to", way or end, "--outdir", out, source)
        return out / f"book.{end}"

    return write


def gnumeric(end):
    def write(rows, folder):
        if not has("ssconvert"):
            return None
        path = folder / f"book.{end}"
        run("ssconvert", openpyxl(rows, folder / "in"), path)
        return path

    return write


def openpyxl(rows, folder):
    import openpyxl

    folder.mkdir(exist_ok=True)
    book = openpyxl.Workbook()
    for row in [COLUMNS] + cells(rows):
        book.active.append(row)
    # What begins with an equals sign or looks like a number stays text.
    for line in book.active:
        for cell in line:
            cell.number_format, cell.data_type = "@", "s" if cell.value else "n"
    path = folder / "book.xlsx"
    book.save(path)
    return path


def xlsxwriter(rows, folder):
    import xlsxwriter

    path = folder / "writer.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate([COLUMNS] + cells(rows)):
            for column, cell in enumerate(row):
                sheet.write_string(line, column, cell)
    return path


def numbers(rows, folder):
    """The digits of each number as a number, shown with a plus sign before them."""
    import xlsxwriter

    path = folder / "numbers.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet, plus = book.add_worksheet(), book.add_format({"num_format": '"+"0'})
        sheet.write_row(0, 0, COLUMNS)
        for line, (row, (_, _, meant, _, _)) in enumerate(zip(cells(rows), rows), 1):
            for column, cell in enumerate(row):
                sheet.write_string(line, column, cell)
            sheet.write_number(line, 1, int(meant), plus)
    return path


def xlwt(rows, folder):
    import xlwt

    path = folder / "book.xls"
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Contacts")
    for line, row in enumerate([COLUMNS] + cells(rows)):
        for column, cell in enumerate(row):
            sheet.write(line, column, cell)
    book.save(str(path))
    return path


def frame(rows):
    import pandas

    return pandas.DataFrame(cells(rows), columns=COLUMNS)


def pandas(end, method, **options):
    def write(rows, folder):
        path = folder / f"frame.{end}"
        getattr(frame(rows), method)(path, **options)
        return path

    return write


def xml(rows, folder):
    path = folder / "frame.xml"
    frame(rows).rename(columns={"E-mail": "Email"}).to_xml(path, index=False)
    return path


def dictionary(orient):
    """What `to_dict` gives, dumped with the json of Python."""

    def write(rows, folder):
        path = folder / "dict.json"
        path.write_text(json.dumps(frame(rows).to_dict(orient)), "utf-8")
        return path

    return write


def vobject(rows, folder):
    import vobject

    path = folder / "vobject.vcf"
    with open(path, "w", newline="", encoding="utf-8") as file:
        for name, phone, _, email, tags in rows:
            card = vobject.vCard()
            card.add("fn").value = name
            card.add("n").value = vobject.vcard.Name(given=name)
            card.add("tel").value = phone
            if email:
                card.add("email").value = email
            if tags:
                card.add("categories").value = tags
            file.write(card.serialize())
    return path


def sabre(version):
    def write(rows, folder):
        if not has("php") or not os.path.exists("/usr/share/php/Sabre/VObject"):
            return None
        path = folder / "sabre.vcf"
        text = run("php", HERE / "sabre.php", version, input=json.dumps(rows).encode()).stdout
        path.write_bytes(text)
        return path

    return write


def ez_vcard(version):
    def write(rows, folder):
        if not has("java", "javac") or not os.path.exists(JARS.split(":")[0]):
            return None
        lines = "".join("\t".join([n.replace("\n", "\\n"), phone, email, ",".join(tags)]) + "\n" for n, phone, _, email, tags in rows)
        run("javac", "-cp", JARS, "-d", folder, HERE / "EzVcard.java")
        path = folder / "ez.vcf"
        path.write_bytes(run("java", "-Dfile.encoding=UTF-8", "-cp", f"{JARS}:{folder}", "EzVcard", version, input=lines.encode()).stdout)
        return path

    return write


def sqlite(mode, end):
    def write(rows, folder):
        if not has("sqlite3"):
            return None
        database = folder / "contacts.db"
        with sqlite3.connect(database) as connection:
            connection.execute('CREATE TABLE contacts ("Name" TEXT, "Phone" TEXT, "E-mail" TEXT, "Tags" TEXT)')
            connection.executemany("INSERT INTO contacts VALUES (?, ?, ?, ?)", [[cell or None for cell in row] for row in cells(rows)])
        path = folder / f"sqlite.{end}"
        commands = f".headers on\n.mode {mode}\nSELECT * FROM contacts;\n"
        path.write_bytes(run("sqlite3", database, input=commands.encode()).stdout)
        return path

    return write


def postgres(what, end):
    """A server of its own, which ends with the function."""

    def write(rows, folder):
        places = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        if not places or not has("psql"):
            return None
        as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        home = Path(run(*as_user, "mktemp", "-d", "/tmp/writers.XXXXXX").stdout.decode().strip())
        try:
            run(*as_user, places[-1] / "initdb", "-D", home / "data", "-E", "UTF8", "--locale=C.UTF-8")
            run(*as_user, places[-1] / "pg_ctl", "-D", home / "data", "-w", "-l", home / "log", "-o", f"-c listen_addresses= -k {home}", "start")
            psql = [*as_user, "psql", "-h", home, "-d", "postgres", "-q", "-v", "ON_ERROR_STOP=1"]
            run(*psql, "-c", 'CREATE TABLE contacts ("Name" text, "Phone" text, "E-mail" text, "Tags" text[])')
            lines = "".join(json.dumps([n, phone, email or None, tags], ensure_ascii=False).replace("\\", "\\\\") + "\n" for n, phone, _, email, tags in rows)
            run(*psql, "-c", "CREATE TABLE given (row jsonb)")
            run(*psql, "-c", "COPY given FROM STDIN", input=lines.encode())
            run(*psql, "-c", "INSERT INTO contacts SELECT row->>0, row->>1, row->>2, ARRAY(SELECT jsonb_array_elements_text(row->3)) FROM given")
            path = folder / f"postgres.{end}"
            path.write_bytes(run(*psql, "-At", "-c", what).stdout)
            return path
        finally:
            subprocess.run([*as_user, places[-1] / "pg_ctl", "-D", home / "data", "-m", "immediate", "stop"], capture_output=True)
            run(*as_user, "rm", "-rf", home)

    return write


def jq(program, end, *flags):
    def write(rows, folder):
        if not has("jq"):
            return None
        path = folder / f"jq.{end}"
        path.write_bytes(run("jq", *flags, program, plain_json(rows, folder)).stdout)
        return path

    return write


def miller(flag, end):
    def write(rows, folder):
        if not has("mlr"):
            return None
        path = folder / f"miller.{end}"
        path.write_bytes(run("mlr", "--icsv", flag, "cat", plain_csv(rows, folder)).stdout)
        return path

    return write


# What is lost before the file is read, or is refused: a function of the row (name, phone as written, as meant, e-mail address,
# tags) that gives the row as it can be had, or None.


def one_blank(row):
    """HTML shows several blanks in a row as one."""
    return (re.sub(" +", " ", row[0]), *row[1:])


def broken_lines(row):
    """The writer puts a backslash and an n for a line break."""
    return (row[0].replace("\n", "\\n"), *row[1:])


def no_tags(row):
    """The tags have no title by which they are known, or the version has no categories."""
    return (*row[:4], [])


def no_broken_lines(row):
    """A line break between apostrophes tears the row; both parts are rejected."""
    return None if "\n" in row[0] else row


def last_line(row):
    """Nothing says that a line break is within a cell: what stands before it is a row without a phone."""
    return (row[0].split("\n")[-1], *row[1:])


def no_numbers(row):
    """The text 2026 becomes a number, and a number among tags is an id."""
    return (*row[:4], [] if row[4] == ["2026"] else row[4])


LOSSES = {
    "LibreOffice html": one_blank,
    "Gnumeric html": one_blank,
    "pandas to_html": broken_lines,
    "pandas to_html, called .xls": broken_lines,
    "pandas to_json, values": no_tags,
    "jq @csv": no_tags,
    "ez-vcard, 2.1": no_tags,
    "sqlite3 .mode quote": no_broken_lines,
    "sqlite3 .mode tabs": last_line,
    "Miller --ojson": no_numbers,
    "Miller --ojsonl": no_numbers,
}
ORIENTS = ["split", "records", "index", "columns", "values", "table"]
# Name, writer, and whether the file is to be refused.
WRITERS = [
    ("Python csv", plain_csv, False),
    ("Python json", plain_json, False),
    ("openpyxl", openpyxl, False),
    ("xlsxwriter", xlsxwriter, False),
    ("xlsxwriter, numbers shown with +", numbers, False),
    ("xlwt", xlwt, False),
    *((f"LibreOffice {end}", libreoffice(end), False) for end in ["xlsx", "xls", "ods", "fods", "html"]),
    ("LibreOffice csv", libreoffice("csv", "csv:Text - txt - csv (StarCalc):44,34,76"), False),
    ("LibreOffice csv, semicolons, UTF-16", libreoffice("csv", "csv:Text - txt - csv (StarCalc):59,34,65535"), False),
    ("LibreOffice dif", libreoffice("dif"), True),
    ("LibreOffice slk", libreoffice("slk"), True),
    *((f"Gnumeric {end}", gnumeric(end), end == "gnumeric") for end in ["xlsx", "xls", "ods", "csv", "html", "gnumeric"]),
    ("pandas to_csv", pandas("csv", "to_csv"), False),
    ("pandas to_csv, no index, tabs", pandas("tsv", "to_csv", index=False, sep="\t"), False),
    ("pandas to_csv, utf-16", pandas("csv", "to_csv", index=False, encoding="utf-16"), False),
    ("pandas to_excel", pandas("xlsx", "to_excel"), False),
    ("pandas to_excel, ods", pandas("ods", "to_excel", engine="odf"), False),
    *((f"pandas to_json, {orient}", pandas("json", "to_json", orient=orient), False) for orient in ORIENTS),
    ("pandas to_json, lines", pandas("ndjson", "to_json", orient="records", lines=True), False),
    *((f"pandas to_dict, {orient}", dictionary(orient), False) for orient in ["dict", "list", "split", "tight", "records", "index"]),
    ("pandas to_html", pandas("html", "to_html"), False),
    ("pandas to_html, called .xls", pandas("xls", "to_html", index=False), False),
    ("pandas to_xml", xml, True),
    ("vobject", vobject, False),
    *((f"sabre/vobject, {version}", sabre(version), False) for version in ["2.1", "3.0", "4.0"]),
    *((f"ez-vcard, {version}", ez_vcard(version), False) for version in ["2.1", "3.0", "4.0"]),
    ("ez-vcard, jCard", ez_vcard("json"), True),
    *((f"sqlite3 .mode {mode}", sqlite(mode, end), refused) for mode, end, refused in [("csv", "csv", False), ("json", "json", False), ("quote", "txt", False), ("tabs", "tsv", False), ("ascii", "txt", True), ("line", "txt", True), ("box", "txt", True), ("insert contacts", "sql", True)]),
    ("PostgreSQL COPY CSV", postgres("COPY contacts TO STDOUT (FORMAT csv, HEADER)", "csv"), False),
    ("PostgreSQL COPY CSV, ; and quotes", postgres("COPY contacts TO STDOUT (FORMAT csv, HEADER, DELIMITER ';', FORCE_QUOTE *)", "csv"), False),
    ("PostgreSQL COPY text", postgres("COPY contacts TO STDOUT (HEADER)", "tsv"), False),
    ("PostgreSQL json_agg", postgres("SELECT json_agg(contacts) FROM contacts", "json"), False),
    ("PostgreSQL row_to_json", postgres("SELECT row_to_json(contacts) FROM contacts", "ndjson"), False),
    ("jq ., compact", jq(".", "json", "-c"), False),
    ("jq .[], lines", jq(".[]", "ndjson", "-c"), False),
    ("jq @csv", jq(".[] | [.[]] | @csv", "csv", "-r"), False),
    ("jq keyed by phone", jq("map({(.Phone): .}) | add", "json"), False),
    *((f"Miller {flag}", miller(flag, end), False) for flag, end in [("--ocsv", "csv"), ("--ojson", "json"), ("--ojsonl", "ndjson")]),
]
