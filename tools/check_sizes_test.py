"""tools/check_sizes on small trees made for each case."""
import contextlib
import importlib.machinery
import importlib.util
import io
import pathlib
import tempfile
import unittest

loader = importlib.machinery.SourceFileLoader("check_sizes", str(pathlib.Path(__file__).with_name("check_sizes")))
check_sizes = importlib.util.module_from_spec(importlib.util.spec_from_loader("check_sizes", loader))
loader.exec_module(check_sizes)


def body(lines):
    return "  x();\n" * lines


class CheckSizesTest(unittest.TestCase):
    def check(self, text, name="src/a.cc"):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / name
            path.parent.mkdir(parents=True)
            path.write_text(text)
            output = io.StringIO()
            with contextlib.redirect_stdout(output):
                status = check_sizes.main(["--root", folder, "--report"])
            return status, output.getvalue()

    def test_a_function_of_70_lines_passes(self):
        self.assertEqual(self.check("void f() {\n" + body(68) + "}\n")[0], 0)

    def test_a_function_of_71_lines_fails_at_its_line(self):
        status, output = self.check("\nvoid f() {\n" + body(69) + "}\n")
        self.assertEqual(status, 1)
        self.assertIn("src/a.cc:2: f has 71 lines, the most is 70", output)

    def test_a_long_lambda_fails(self):
        status, output = self.check("void f() {\n  auto g = [](int a) {\n" + body(80) + "  };\n}\n")
        self.assertEqual(status, 1)
        self.assertIn("src/a.cc:2: lambda has 82 lines", output)

    def test_a_file_of_801_lines_fails(self):
        status, output = self.check("\n" * 801)
        self.assertEqual(status, 1)
        self.assertIn("src/a.cc:1: 801 lines, the most is 800", output)

    def test_a_table_is_exempt(self):
        self.assertEqual(self.check("// size: table\n" + "\n" * 900)[0], 0)

    def test_python_functions_count_too(self):
        self.assertEqual(self.check("def f():\n" + "    x()\n" * 80, "tools/a.py")[0], 1)
        self.assertEqual(self.check("#!/usr/bin/python3\ndef f():\n" + "    x()\n" * 80, "tools/a")[0], 1)


if __name__ == "__main__":
    unittest.main()
