"""Tests of tools/frappe: from Frappe's coded files to CSV files, on a folder of our own making."""
import csv
import importlib.machinery
import importlib.util
import json
import pathlib
import tempfile
import unittest

TOOL = pathlib.Path(__file__).with_name("frappe")
LOADER = importlib.machinery.SourceFileLoader("frappe", str(TOOL))
frappe = importlib.util.module_from_spec(importlib.util.spec_from_loader("frappe", LOADER))
LOADER.exec_module(frappe)

FIELDS = {"context_fields": ["daytime", "weekday", "isweekend", "homework", "cost", "weather", "country", "city"],
          "values": [["noon"], ["friday", "sunday"], ["weekend", "workday"], ["home"], ["free"], ["sunny"], ["Spain"],
                     ["0", "17"]]}
CONTEXT_COLUMNS = "daytime\tweekday\tisweekend\thomework\tcost\tweather\tcountry\tcity"


class Conversion(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.source, self.out = (pathlib.Path(self.folder.name) / name for name in ("source", "out"))
        self.source.mkdir()
        self.write("fields.json", json.dumps(FIELDS))
        self.write("topn.tsv", f"split(0=train,1=val,2=test)\tuser\titem\t{CONTEXT_COLUMNS}\tcnt\n"
                               "0\t5\t7\t0\t1\t0\t0\t0\t0\t0\t0\t3\n2\t5\t8\t0\t0\t1\t0\t0\t0\t0\t1\t1\n")
        self.write("ctr.tsv", f"split\tlabel\tuser\titem\t{CONTEXT_COLUMNS}\n1\t0\t5\t7\t0\t1\t0\t0\t0\t0\t0\t0\n")
        self.write("items.tsv", "item\tpackage\tcategory\tdownloads\tdeveloper\tlanguage\tprice\trating\n"
                                "7\ta\tTools\t10 - 50\tMe\ten\tFree\t4.5\n8\tb\tTools\tunknown\tYou\ten\tFree\t4\n")
        frappe.convert(self.source, self.out)

    def write(self, name, text):
        (self.source / name).write_text(text, encoding="utf-8")

    def read(self, name):
        with open(self.out / name, encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def test_rows_go_to_the_file_of_their_split(self):
        self.assertEqual([row["ITEM_ID"] for row in self.read("topn-train.csv")], ["i7"])
        self.assertEqual(self.read("topn-validation.csv"), [])
        self.assertEqual([row["ITEM_ID"] for row in self.read("topn-test.csv")], ["i8"])
        self.assertEqual([row["EVENT_VALUE"] for row in self.read("ctr-validation.csv")], ["0"])

    def test_a_label_says_the_larger_thing_before_its_slash(self):
        row = self.read("topn-test.csv")[0]
        self.assertEqual((row["DAY"], row["PLACE"], row["EVENT_VALUE"]), ("workday/friday", "Spain/17", "1"))
        row = self.read("topn-train.csv")[0]
        self.assertEqual((row["DAY"], row["PLACE"]), ("weekend/sunday", "Spain"), "an unknown city is none")

    def test_labels_that_one_item_has_are_left_out(self):
        row = self.read("items.csv")[0]
        self.assertEqual((row["CATEGORY"], row["DOWNLOADS"], row["DEVELOPER"]), ("Tools", "", ""))

    def test_the_schemas_name_the_columns(self):
        for name in ("interactions", "items"):
            schema = json.loads((self.out / f"{name}.json").read_text())
            source = {"interactions": "topn-train.csv", "items": "items.csv"}[name]
            self.assertEqual([field["name"] for field in schema["fields"]], list(self.read(source)[0]))


if __name__ == "__main__":
    unittest.main()
