"""tools/check_headers on small trees made for each case."""
import contextlib
import importlib.machinery
import importlib.util
import io
import json
import pathlib
import tempfile
import unittest

loader = importlib.machinery.SourceFileLoader("check_headers", str(pathlib.Path(__file__).with_name("check_headers")))
check_headers = importlib.util.module_from_spec(importlib.util.spec_from_loader("check_headers", loader))
loader.exec_module(check_headers)


class CheckHeadersTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        (self.root / "src/a").mkdir(parents=True)
        (self.root / "build/release").mkdir(parents=True)
        source = self.root / "src/a/a.cc"
        command = f"g++ -std=c++20 -I{self.root}/src -o a.o -c {source}"
        (self.root / "build/release/compile_commands.json").write_text(
            json.dumps([{"directory": str(self.root), "file": str(source), "command": command}]))

    def write(self, name, text):
        (self.root / "src/a" / name).write_text(text)

    def check(self):
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            status = check_headers.main(["--root", str(self.root)])
        return status, output.getvalue()

    def test_a_complete_header_passes_and_is_remembered(self):
        self.write("x.h", "#pragma once\n#include <string>\nstd::string f();\n")
        self.assertEqual(self.check(), (0, "check_headers: 1 headers, 1 compiled now, 0 problems\n"))
        self.assertEqual(self.check(), (0, "check_headers: 1 headers, 0 compiled now, 0 problems\n"))

    def test_it_compiles_through_ccache(self):
        self.assertEqual(check_headers.read_flags(self.root / "build/release/compile_commands.json", self.root / "src")["a"],
                         ["ccache", "g++", "-std=c++20", f"-I{self.root}/src"])

    def test_a_header_that_needs_another_fails_every_time(self):
        self.write("x.h", "#pragma once\nstd::string f();\n")
        for _ in range(2):
            status, output = self.check()
            self.assertEqual(status, 1)
            self.assertIn("src/a/x.h:1: does not compile alone", output)

    def test_a_header_without_guard_fails(self):
        self.write("x.h", "struct X {};\n")
        self.assertEqual(self.check()[0], 1)

    def test_a_change_in_an_included_header_is_noticed(self):
        self.write("x.h", '#pragma once\n#include "a/y.h"\nY f();\n')
        self.write("y.h", "#pragma once\nstruct Y {};\n")
        self.assertEqual(self.check()[0], 0)
        self.write("y.h", "#pragma once\nstruct Z {};\n")
        self.assertEqual(self.check()[0], 1)


if __name__ == "__main__":
    unittest.main()
